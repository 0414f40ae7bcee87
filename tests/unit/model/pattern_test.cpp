#include "model/pattern.h"

#include <string>

#include <gtest/gtest.h>

namespace dkr {
namespace {

/// From the tests of Go's path.Match, where they are about names without a slash.
TEST(Pattern, MatchesAsGoDoes) {
  const struct {
    std::string pattern;
    std::string text;
    bool matches;
  } rows[] = {
      {"", "", true},
      {"", "a", false},
      {"abc", "abc", true},
      {"abc", "abcd", false},
      {"abc", "ab", false},
      {"*", "", true},
      {"*", "abc", true},
      {"*c", "abc", true},
      {"*b", "abc", false},
      {"a*", "a", true},
      {"a*", "abc", true},
      {"**c", "abc", true},
      {"*x", "xxx", true},
      {"a*b?c*x", "abxbbxdbxebxczzx", true},
      {"a*b?c*x", "abxbbxdbxebxczzy", false},
      {"a?c", "abc", true},
      {"a?c", "ac", false},
      {"?", "", false},
      {"ab[c]", "abc", true},
      {"ab[b-d]", "abc", true},
      {"ab[e-g]", "abc", false},
      {"ab[d-b]", "abc", false},
      {"ab[^c]", "abc", false},
      {"ab[^b-d]", "abc", false},
      {"ab[^e-g]", "abc", true},
      {"ab[^e-g]", "ab", false},
      {"ab[!c]", "ab!", true},
      {"[a-cx-z]", "y", true},
      {"a\\*b", "a*b", true},
      {"a\\*b", "axb", false},
      {"a\\b", "ab", true},
      {"[\\]a]", "]", true},
      {"[\\-]", "-", true},
      {"[x\\-]", "-", true},
      {"[x\\-]", "z", false},
      {"[a-\\z]", "q", true},
      {"v1.*", "v1.2", true},
      {"v1.*", "v10", false},
      {"<none>", "<none>", true},
      {"ABC", "abc", false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.pattern + " on " + row.text);
    EXPECT_TRUE(is_pattern(row.pattern));
    EXPECT_EQ(matches_pattern(row.pattern, row.text), row.matches);
  }
}

TEST(Pattern, IsInvalidWhereGoSaysSo) {
  for (const std::string pattern : {"[", "[]", "[^]", "[]a]", "[^]a]", "[-]", "[x-]", "[-x]", "[a",
                                    "[a-", "[^bc", "a[", "*[", "[a-b-c]", "\\", "a\\", "[\\"}) {
    EXPECT_FALSE(is_pattern(pattern)) << pattern;
  }
  for (const std::string pattern : {"", "*", "?", "]", "a]", "-", "^", "[^^]", "\\[", "\\\\"}) {
    EXPECT_TRUE(is_pattern(pattern)) << pattern;
  }
}

TEST(Pattern, HasRangesOfBytesAboveAscii) {
  EXPECT_TRUE(matches_pattern("[a-\xff]", "z"));
  EXPECT_FALSE(matches_pattern("[\x80-\xff]", "z"));
  EXPECT_TRUE(matches_pattern("[\x80-\xff]", "\xc3"));
}

/// Trying every way to divide the text among the stars would take for ever.
TEST(Pattern, TakesNotLongForManyStars) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "*a";
  EXPECT_FALSE(matches_pattern(pattern + "b", std::string(10'000, 'a')));
}

}  // namespace
}  // namespace dkr
