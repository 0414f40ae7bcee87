#include "base/rfc3339.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace dkr {
namespace {

std::optional<std::int64_t> seconds_of(const std::string& text) {
  const auto time = parse_rfc3339(text);
  if (!time) return std::nullopt;
  return time->time_since_epoch().count();
}

TEST(ParseRfc3339, GivesSecondsSince1970) {
  const struct {
    std::string text;
    std::int64_t seconds;
  } rows[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01t00:00:00z", 0},
      {"1970-01-01 00:00:00Z", 0},
      {"1970-01-01T00:00:01+00:00", 1},
      {"1969-12-31T23:59:59Z", -1},
      {"2026-11-22T10:00:00Z", 1795341600},
      {"2026-11-22T10:00:00.123456789+01:00", 1795338000},
      {"2026-11-22T10:00:00.9Z", 1795341600},
      {"2026-11-22T10:00:00.0000000000000000000000000000001Z", 1795341600},
      {"2026-11-22T10:00:00-08:30", 1795372200},
      {"2026-11-22T10:00:00+23:59", 1795255260},
      {"2026-11-22T10:00:00-00:00", 1795341600},
      {"2024-02-29T00:00:00Z", 1709164800},
      {"2000-02-29T23:59:59Z", 951868799},
      {"1980-01-01T00:00:00Z", 315532800},
      {"2016-12-31T23:59:60Z", 1483228800},
      {"0001-01-01T00:00:00Z", -62135596800},
      {"0000-01-01T00:00:00Z", -62167219200},
      {"9999-12-31T23:59:59Z", 253402300799},
      {"0000-01-01T00:00:00+23:59", -62167305540},
  };
  for (const auto& row : rows) EXPECT_EQ(seconds_of(row.text), row.seconds) << row.text;
}

TEST(ParseRfc3339, IsAbsentWhereTextIsNoDateTime) {
  for (const std::string text : {"",
                                 "2026",
                                 "2026-11-22",
                                 "2026-11-22T",
                                 "2026-11-22T10:00Z",
                                 "2026-11-22T10:00:00",
                                 "2026-11-22T10:00:00.Z",
                                 "2026-11-22T10:00:00,5Z",
                                 "2026-11-22T10:00:00Zx",
                                 "2026-11-22T10:00:00Z ",
                                 " 2026-11-22T10:00:00Z",
                                 "2026-11-22T10:00:00+01",
                                 "2026-11-22T10:00:00+0100",
                                 "2026-11-22T10:00:00+01:0",
                                 "2026-11-22T10:00:00+24:00",
                                 "2026-11-22T10:00:00+01:60",
                                 "2026-11-22X10:00:00Z",
                                 "2026-00-22T10:00:00Z",
                                 "2026-13-22T10:00:00Z",
                                 "2026-11-00T10:00:00Z",
                                 "2026-11-31T10:00:00Z",
                                 "2026-02-29T10:00:00Z",
                                 "1900-02-29T10:00:00Z",
                                 "2026-11-22T24:00:00Z",
                                 "2026-11-22T10:60:00Z",
                                 "2026-11-22T10:00:61Z",
                                 "2026-1-22T10:00:00Z",
                                 "26-11-22T10:00:00Z",
                                 "12026-11-22T10:00:00Z",
                                 "-026-11-22T10:00:00Z",
                                 "+026-11-22T10:00:00Z",
                                 "2026-11-22T1x:00:00Z",
                                 "2026/11/22T10:00:00Z",
                                 "Sun, 22 Nov 2026 10:00:00 GMT",
                                 "1795341600"}) {
    EXPECT_EQ(seconds_of(text), std::nullopt) << text;
  }
}

TEST(ParseRfc3339, ReadsNothingBehindTheText) {
  const std::string text = "2026-11-22T10:00:00Z";
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_EQ(parse_rfc3339(std::string_view(text).substr(0, size)), std::nullopt) << size;
  }
}

TEST(FormatRfc3339, GivesTheDateInUtc) {
  const struct {
    std::int64_t seconds;
    std::optional<std::string> text;
  } rows[] = {
      {0, "1970-01-01T00:00:00Z"},
      {-1, "1969-12-31T23:59:59Z"},
      {1795341600, "2026-11-22T10:00:00Z"},
      {1709164800, "2024-02-29T00:00:00Z"},
      {951868799, "2000-02-29T23:59:59Z"},
      {-2203891200, "1900-03-01T00:00:00Z"},
      {-62135596800, "0001-01-01T00:00:00Z"},
      {-62167219200, "0000-01-01T00:00:00Z"},
      {253402300799, "9999-12-31T23:59:59Z"},
      {-62167219201, std::nullopt},
      {253402300800, std::nullopt},
      {INT64_MIN, std::nullopt},
      {INT64_MAX, std::nullopt},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(format_rfc3339(Time(std::chrono::seconds(row.seconds))), row.text) << row.seconds;
  }
}

TEST(FormatRfc3339, AgreesWithTheCalendar) {
  for (int day = -719'528; day <= 2'932'896; day += 13) {
    const std::chrono::sys_days date{std::chrono::days(day)};
    ASSERT_EQ(parse_rfc3339(format_rfc3339(date).value_or("")), Time(date)) << day;
  }
}

TEST(FormatGoTime, GivesTheTimeAsGoPrintsIt) {
  using std::chrono::hours, std::chrono::minutes, std::chrono::seconds;
  const struct {
    std::int64_t seconds;
    UtcOffset offset;
    std::string text;
  } rows[] = {
      {1795341600, {}, "2026-11-22 10:00:00 +0000 UTC"},
      {1795341600, {hours(2), "EET"}, "2026-11-22 12:00:00 +0200 EET"},
      {1795341600, {-minutes(210), "NST"}, "2026-11-22 06:30:00 -0330 NST"},
      {1795341600, {minutes(345), "+0545"}, "2026-11-22 15:45:00 +0545 +0545"},
      {1795341600, {hours(14), "+14"}, "2026-11-23 00:00:00 +1400 +14"},
      {-1, {seconds(5989), "LMT"}, "1970-01-01 01:39:48 +0139 LMT"},
      {-62167219201, {}, "-0001-12-31 23:59:59 +0000 UTC"},
      {253402300800, {}, "10000-01-01 00:00:00 +0000 UTC"},
      {INT64_MAX, {hours(1), "CET"}, "292277026596-12-04 15:30:07 +0000 UTC"},
      {INT64_MIN, {-hours(1), "-01"}, "-292277022657-01-27 08:29:52 +0000 UTC"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(format_go_time(Time(seconds(row.seconds)), row.offset), row.text);
  }
}

}  // namespace
}  // namespace dkr
