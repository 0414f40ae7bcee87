#include "output/template/printf.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "template_rows.h"

namespace dkr {
namespace {

// What docker 28, which uses Go's fmt, prints for the arguments of a printf.
TEST(Printf, PrintsWhatGoDoes) {
  const struct {
    std::string_view arguments;
    std::string expected;
  } rows[] = {
      {R"("%s %s" "a")", R"(a %!s(MISSING))"},
      {R"("%s" "a" "b")", R"(a%!(EXTRA string=b))"},
      {R"("%s" "a" 5 nil 1.5 true)", R"(a%!(EXTRA int=5, <nil>, float64=1.5, bool=true))"},
      {R"("%d" "hi")", R"(%!d(string=hi))"},
      {R"("%d %5d|%-5d|%05d|%+d|% d|%x|%X|%#x|%o|%#o|%O|%b|%#b" 42 42 42 42 42 42 42 42 42 42 42 42 42 42)",
       R"(42    42|42   |00042|+42| 42|2a|2A|0x2a|52|052|0o52|101010|0b101010)"},
      {R"("%c %q %U %#U" 97 97 97 97)", R"(a 'a' U+0061 U+0061 'a')"},
      {R"("%5d|%-5d|%05d|%x|%.5d|%8.5d|%-8.5d|%08.5d" -42 -42 -42 -42 -42 -42 -42 -42)",
       R"(  -42|-42  |-0042|-2a|-00042|  -00042|-00042  |  -00042)"},
      {R"("%.0d|%5.0d|%+.3d|%06d|% d" 0 0 7 -12 5)", R"(|     |+007|-00012| 5)"},
      {R"("%-05d|%-05s|%05s|%05q|%05t|%+05d" 42 "ab" "ab" "ab" true 42)",
       R"(42   |ab   |000ab|0"ab"|0true|+0042)"},
      {R"("%s|%7s|%-7s|%.3s|%7.3s|%-7.3s|%q|%#q|%+q" "héllo" "héllo" "héllo" "héllo" "héllo" "héllo" "héllo" "héllo" "héllo")",
       R"(héllo|  héllo|héllo  |hél|    hél|hél    |"héllo"|`héllo`|"h\u00e9llo")"},
      {R"("%x|%X|% x|%#x|%# x|%.2x|%6x|%-6x|" "hé" "hé" "hé" "hé" "hé" "hé" "hi" "hi")",
       R"(68c3a9|68C3A9|68 c3 a9|0x68c3a9|0x68 0xc3 0xa9|68c3|  6869|6869  |)"},
      {R"("%q" "a\x09b\x0a\x00\x7f\xff\u2028\U0001F433`")", R"("a\tb\n\x00\x7f\xff\u2028🐳`")"},
      {R"("%v %v %v %v %v" "a" 1 1.5 true (split "a,b" ","))", R"(a 1 1.5 true [a b])"},
      {R"("%#v %#v %#v %#v %#v" "a" 1 1.5 true (split "a,b" ","))",
       R"("a" 1 1.5 true []string{"a", "b"})"},
      {R"("%T %T %T %T %T" "a" 1 1.5 true (split "a,b" ","))",
       R"(string int float64 bool []string)"},
      {R"("%v %s %d %5v|" nil nil nil nil)", R"(<nil> %!s(<nil>) %!d(<nil>) <nil>|)"},
      {R"("%t %5t|%-6t|%t %d" true false true 1 true)",
       R"(true false|true  |%!t(int=1) %!d(bool=true))"},
      {R"("%f %e %g %E %G %F" 1.5 1.5 1.5 1.5 1.5 1.5)",
       R"(1.500000 1.500000e+00 1.5 1.500000E+00 1.5 1.500000)"},
      {R"("%.2f|%8.2f|%-8.2f|%08.2f|%+.1f|% .1f|%08.2f" 3.14159 3.14159 3.14159 3.14159 3.14159 3.14159 -3.14159)",
       R"(3.14|    3.14|3.14    |00003.14|+3.1| 3.1|-0003.14)"},
      {R"("%.3g %.10g %g %g %g" 1234567.0 1234567.0 1234567.0 1e20 0.00001)",
       R"(1.23e+06 1234567 1.234567e+06 1e+20 1e-05)"},
      {R"("%#g %#g %#.3g %#f %#.0f" 1.0 1234567.0 1.0 1.0 1.0)",
       R"(1.00000 1.234567e+06 1.00 1.000000 1.)"},
      {R"("%x %.2x %X" 1.5 1.5 1.5)", R"(0x1.8p+00 0x1.80p+00 0X1.8P+00)"},
      {R"("%d %s %v" 1.5 1.5 1e6)", R"(%!d(float64=1.5) %!s(float64=1.5) 1e+06)"},
      {R"("%% %5% %")", R"(% % %!(NOVERB))"},
      {R"("%-")", R"(%!(NOVERB))"},
      {R"("%*d|%-*d|%*d|%.*f|%*.*f" 5 42 5 42 -5 42 2 3.14159 8 1 3.14159)",
       R"(   42|42   |42   |3.14|     3.1)"},
      {R"("%*d" "x" 42)", R"(%!(BADWIDTH)42)"},
      {R"("%.*d" -1 42)", R"(%!(BADPREC)42)"},
      {R"("%*d" 2000000 42)", R"(%!(BADWIDTH)42)"},
      {R"("%[2]s %[1]s %[1]q" "a" "b")", R"(b a "a")"},
      {R"("%[3]s" "a" "b")", R"(%!s(BADINDEX))"},
      {R"("%[x]s" "a")", R"(%!s(BADINDEX))"},
      {R"("%[1" "a")", R"(%!(NOVERB))"},
      {R"("%[2]*.[1]*f" 2 8 3.14159)", R"(%!f(int=      08))"},
      {R"("%[1]2d" 5)", R"(%!d(BADINDEX))"},
      {R"("%100000000000d" 5)", R"(%!(NOVERB)%!(EXTRA int=5))"},
      {R"("%z %é" 5 "a")", R"(%!z(int=5) %!é(string=a))"},
      {R"("%d %q %5s|%x" (split "a,b" ",") (split "a,b" ",") (split "a,b" ",") (split "a,b" ","))",
       R"([%!d(string=a) %!d(string=b)] ["a" "b"] [    a     b]|[61 62])"},
      {R"("%5d" "a")", R"(%!d(string=    a))"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.arguments);
    EXPECT_EQ(executed("{{printf " + std::string(row.arguments) + "}}"), row.expected);
  }
}

}  // namespace
}  // namespace dkr
