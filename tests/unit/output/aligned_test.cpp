#include "output/aligned.h"

#include <string>

#include <gtest/gtest.h>

namespace dkr {
namespace {

/// As Go's text/tabwriter with a minimum width of 10 and a padding of 3.
TEST(Aligned, PutsBlanksInPlaceOfTabs) {
  const struct {
    std::string text;
    std::string aligned;
  } rows[] = {
      {"", ""},
      {"\n", "\n"},
      {"no tab\n", "no tab\n"},
      {"a\tb\n", "a         b\n"},
      {"1234567\tb\n", "1234567   b\n"},
      {"12345678\tb\n", "12345678   b\n"},
      {"a\t\n", "a         \n"},
      {"\ta\n", "          a\n"},
      {"a\t\tb\n", "a                   b\n"},
      {"a\tx\n12345678\ty\n", "a          x\n12345678   y\n"},
      {"a\tlast is as long as it likes\nb\tx\n",
       "a         last is as long as it likes\nb         x\n"},
      {"größe12\tb\n日本\tc\n", "größe12   b\n日本        c\n"},
  };
  for (const auto& row : rows) EXPECT_EQ(aligned(row.text), row.aligned);
}

TEST(Aligned, EndsAColumnAtALineWithoutIt) {
  EXPECT_EQ(aligned("a\t1234567890\tx\n"
                    "no tab\n"
                    "1234567890\tb\tx\n"
                    "c\t1234567890\n"
                    "d\te\tx\n"),
            "a         1234567890   x\n"
            "no tab\n"
            "1234567890   b         x\n"
            "c            1234567890\n"
            "d            e         x\n");
}

}  // namespace
}  // namespace dkr
