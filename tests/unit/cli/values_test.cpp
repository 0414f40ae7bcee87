#include "cli/values.h"

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace dkr {
namespace {

TEST(ParseSize, ReadsNumbersAndUnitsOfAnyCase) {
  const struct {
    std::string text;
    std::uint64_t bytes;
  } rows[] = {
      {"0", 0},
      {"100", 100},
      {"100b", 100},
      {"100B", 100},
      {"512k", 512'000},
      {"512kB", 512'000},
      {"512KB", 512'000},
      {"512KiB", 524'288},
      {"1kib", 1024},
      {"100MB", 100'000'000},
      {"100 MB", 100'000'000},
      {"100m", 100'000'000},
      {"1GiB", 1'073'741'824},
      {"1.5GB", 1'500'000'000},
      {"1.5 GB", 1'500'000'000},
      {".5k", 500},
      {"5.k", 5'000},
      {"0.0005k", 0},
      {"1.9", 1},
      {"2T", 2'000'000'000'000},
      {"1TiB", 1'099'511'627'776},
      {"3pb", 3'000'000'000'000'000},
      {"1PiB", 1'125'899'906'842'624},
      {"18446744073709551615", std::numeric_limits<std::uint64_t>::max()},
      {"0.1GB", 100'000'000},
      {"1.1MB", 1'100'000},
      {"22.1MB", 22'100'000},
      {"2.1GB", 2'100'000'000},
      {"4.2GB", 4'200'000'000},
      {"16.3MB", 16'300'000},
      {"64.583MB", 64'583'000},
      {"527.47GB", 527'470'000'000},
      {"0.008kB", 8},
      {"1.0009765625KiB", 1025},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    EXPECT_EQ(parse_size(row.text), row.bytes);
  }
}

TEST(ParseSize, RefusesWhatIsNoSize) {
  for (const std::string text : {"",
                                 " ",
                                 "B",
                                 "MB",
                                 "-1",
                                 "-5MB",
                                 "+5MB",
                                 "1.2.3",
                                 ".",
                                 ".MB",
                                 "1..5",
                                 "5X",
                                 "5 X",
                                 "5MBB",
                                 "5iB",
                                 "5  MB",
                                 " 5MB",
                                 "5MB ",
                                 "5 ",
                                 "0x10",
                                 "1e3",
                                 "inf",
                                 "nan",
                                 "1,5MB",
                                 "5MiBs",
                                 "5\n",
                                 "18446744073709551616",
                                 "99999999999999999999999",
                                 "20000PB",
                                 "16384PiB",
                                 "1EB"}) {
    SCOPED_TRACE(text);
    EXPECT_THROW((void)parse_size(text), InvalidValue);
  }
}

TEST(ParseSize, ReadsAVeryLongNumberOrRefusesIt) {
  EXPECT_EQ(parse_size(std::string(5000, '0') + "7"), 7U);
  EXPECT_EQ(parse_size("1." + std::string(5000, '0') + "k"), 1000U);
  EXPECT_THROW((void)parse_size(std::string(5000, '9')), InvalidValue);
}

TEST(ParseCount, ReadsWholeNumbersFromZero) {
  EXPECT_EQ(parse_count("0"), 0);
  EXPECT_EQ(parse_count("20"), 20);
  EXPECT_EQ(parse_count("+3"), 3);
  EXPECT_EQ(parse_count("007"), 7);
  EXPECT_EQ(parse_count("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parse_count("1", {.min = 1, .max = 1}), 1);
}

TEST(ParseCount, RefusesAnythingElse) {
  for (const std::string text : {"", "-1", "-0", "+-1", "++1", "abc", "3x", "3 ", " 3", "1.5",
                                 "0x10", "9223372036854775808"}) {
    SCOPED_TRACE(text);
    EXPECT_THROW((void)parse_count(text), InvalidValue);
  }
  EXPECT_THROW((void)parse_count("11", {.max = 10}), InvalidValue);
  EXPECT_THROW((void)parse_count("0", {.min = 1}), InvalidValue);
}

TEST(ParseBool, ReadsWhatGoReads) {
  for (const std::string text : {"1", "t", "T", "true", "True", "TRUE"}) {
    EXPECT_TRUE(parse_bool(text)) << text;
  }
  for (const std::string text : {"0", "f", "F", "false", "False", "FALSE"}) {
    EXPECT_FALSE(parse_bool(text)) << text;
  }
  for (const std::string text : {"", "abc", "yes", "on", "tRUE", "2", "true "}) {
    EXPECT_THROW((void)parse_bool(text), InvalidValue) << text;
  }
}

/// What the reader of a value says is accepted.
template <typename Reader>
std::string refusal(Reader read) {
  try {
    (void)read();
    return "";
  } catch (const InvalidValue& invalid) {
    return invalid.what();
  }
}

TEST(InvalidValue, SaysWhatIsAccepted) {
  EXPECT_EQ(refusal([] { return parse_count("x"); }), "expected a whole number, 0 or more");
  EXPECT_EQ(refusal([] { return parse_count("0", {.min = 1, .max = 9}); }),
            "expected a whole number from 1 to 9");
  EXPECT_EQ(refusal([] { return parse_bool("x"); }), "expected true or false");
  EXPECT_EQ(refusal([] { return read_log_level("x"); }),
            "expected TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL or OFF");
  EXPECT_EQ(refusal([] { return read_platform("x"); }),
            "expected os/arch[/variant], such as linux/arm64 or linux/arm/v7, or all");
}

TEST(ReadRenaming, SplitsAtTheFirstEqualsSign) {
  const struct {
    std::string text;
    std::string from;
    std::string to;
  } rows[] = {
      {"a=b", "a", "b"}, {"=b", "", "b"}, {"a=", "a", ""}, {"=", "", ""}, {"a=b=c", "a", "b=c"}};
  for (const auto& row : rows) {
    const Renaming renaming = read_renaming(row.text);
    EXPECT_EQ(renaming.from, row.from);
    EXPECT_EQ(renaming.to, row.to);
  }
  for (const std::string text : {"", "a"}) {
    EXPECT_EQ(refusal([&] { return read_renaming(text); }),
              "expected PREFIX=PREFIX, such as team/=mirror/team/; either may be empty");
  }
}

TEST(Alternatives, AreASentence) {
  using namespace std::string_view_literals;
  EXPECT_EQ(alternatives(std::vector{"a"sv}), "a");
  EXPECT_EQ(alternatives(std::vector{"a"sv, "b"sv}), "a or b");
  EXPECT_EQ(alternatives(std::vector{"a"sv, "b"sv, "c"sv}), "a, b or c");
}

}  // namespace
}  // namespace dkr
