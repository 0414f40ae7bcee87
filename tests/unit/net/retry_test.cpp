#include "net/retry.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace dkr {
namespace {

using std::chrono::milliseconds, std::chrono::seconds;

TEST(IsTransient, IsTrueForWhatMayPass) {
  for (const int status : {429, 502, 503, 504}) EXPECT_TRUE(is_transient(status)) << status;
  for (const int status : {200, 304, 307, 400, 401, 403, 404, 408, 413, 500, 501, 505, 0}) {
    EXPECT_FALSE(is_transient(status)) << status;
  }
}

TEST(RetryAfter, IsInSecondsOrUntilADate) {
  // 2026-11-22T10:00:00Z, a Sunday
  constexpr Time kSent{seconds(1795341600)};
  constexpr int kYear = 31'536'000;
  const struct {
    std::string value;
    std::optional<int> wait;
  } rows[] = {
      {"0", 0},
      {"7", 7},
      {"120", 120},
      {"007", 7},
      {"-1", 0},
      {"31536000", kYear},
      {"31536001", kYear},
      {"9223372036854775807", kYear},
      {"9223372036854775808", kYear},
      {"99999999999999999999999999", kYear},
      {"Sun, 22 Nov 2026 10:00:30 GMT", 30},
      {"Sunday, 22-Nov-26 10:00:30 GMT", 30},
      {"Sun Nov 22 10:00:30 2026", 30},
      {"Sun, 22 Nov 2026 10:00:00 GMT", 0},
      {"Sun, 22 Nov 2026 09:00:00 GMT", 0},
      {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
      {"Fri, 31 Dec 9999 23:59:59 GMT", kYear},
      {"", std::nullopt},
      {"soon", std::nullopt},
      {"Sun, 22 Nov", std::nullopt},
      {"7 s", std::nullopt},
      {"1.5", std::nullopt},
      {"0x10", std::nullopt},
      {"\xff", std::nullopt},
  };
  for (const auto& row : rows) {
    const HttpResponse response{429, {{"retry-after", row.value}}, ""};
    const std::optional<seconds> wait = row.wait ? std::optional(seconds(*row.wait)) : std::nullopt;
    EXPECT_EQ(retry_after(response, kSent), wait) << row.value;
  }
  EXPECT_EQ(retry_after(HttpResponse{429, {}, ""}, kSent), std::nullopt);
}

TEST(RetryAfter, IsUntilTheUnixTimeThatDockerHubGives) {
  constexpr Time kSent{seconds(1795341600)};
  constexpr int kYear = 31'536'000;
  const struct {
    std::string value;
    std::optional<int> wait;
  } rows[] = {
      {"1795341600", 0},
      {"1795341607", 7},
      {"1795341599", 0},
      {"60", 0},
      {"-1", 0},
      {"9223372036854775807", kYear},
      {"9223372036854775808", kYear},
      {"-9223372036854775809", 0},
      {"", std::nullopt},
      {"1795341607.5", std::nullopt},
      {"Sun, 22 Nov 2026 10:00:30 GMT", std::nullopt},
  };
  for (const auto& row : rows) {
    const HttpResponse response{429, {{"x-retry-after", row.value}}, ""};
    const std::optional<seconds> wait = row.wait ? std::optional(seconds(*row.wait)) : std::nullopt;
    EXPECT_EQ(retry_after(response, kSent), wait) << row.value;
  }
  const auto both = [&](std::string standard) {
    return retry_after(
        {429, {{"x-retry-after", "1795341607"}, {"retry-after", std::move(standard)}}, ""}, kSent);
  };
  EXPECT_EQ(both("9"), seconds(9));
  EXPECT_EQ(both("soon"), seconds(7));
}

TEST(BackOff, DoublesWithEachFailureUpToHalfAMinute) {
  const struct {
    int failures;
    milliseconds longest;
  } rows[] = {
      {1, milliseconds(500)},     {2, milliseconds(1000)},
      {3, milliseconds(2000)},    {4, milliseconds(4000)},
      {5, milliseconds(8000)},    {6, milliseconds(16000)},
      {7, milliseconds(30000)},   {8, milliseconds(30000)},
      {100, milliseconds(30000)}, {1'000'000'000, milliseconds(30000)},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(back_off(row.failures, 0), row.longest) << row.failures;
    EXPECT_EQ(back_off(row.failures, 1), row.longest / 2) << row.failures;
    EXPECT_EQ(back_off(row.failures, 0.5), row.longest * 3 / 4) << row.failures;
  }
}

}  // namespace
}  // namespace dkr
