#include "output/human.h"

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace dkr {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t kMaxSize = std::numeric_limits<std::uint64_t>::max();

TEST(HumanSize, PicksTheUnitBeforeItRoundsToThreeDigits) {
  const struct {
    std::uint64_t bytes;
    std::string text;
  } rows[] = {
      {0, "0B"},
      {1, "1B"},
      {9, "9B"},
      {10, "10B"},
      {999, "999B"},
      {1'000, "1kB"},
      {1'001, "1kB"},
      {1'004, "1kB"},
      {1'006, "1.01kB"},
      {1'500, "1.5kB"},
      {1'999, "2kB"},
      {9'994, "9.99kB"},
      {9'995, "9.99kB"},
      {9'996, "10kB"},
      {22'100, "22.1kB"},
      {99'940, "99.9kB"},
      {99'960, "100kB"},
      {100'000, "100kB"},
      {999'499, "999kB"},
      {999'500, "1e+03kB"},
      {999'999, "1e+03kB"},
      {1'000'000, "1MB"},
      {22'100'000, "22.1MB"},
      {69'200'000, "69.2MB"},
      {133'000'000, "133MB"},
      {133'499'999, "133MB"},
      {133'500'001, "134MB"},
      {902'000'000, "902MB"},
      {999'499'999, "999MB"},
      {999'999'999, "1e+03MB"},
      {1'000'000'000, "1GB"},
      {1'234'567'890, "1.23GB"},
      {5'000'000'000'000, "5TB"},
      {7'100'000'000'000'000, "7.1PB"},
      {1'000'000'000'000'000'000, "1EB"},
      {kMaxSize, "18.4EB"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.bytes);
    EXPECT_EQ(human_size(static_cast<double>(row.bytes), 3), row.text);
  }
}

TEST(HumanSize, HasFourDigitsInTotals) {
  const struct {
    std::uint64_t bytes;
    std::string text;
  } rows[] = {
      {0, "0B"},
      {999, "999B"},
      {1'000, "1kB"},
      {1'999, "1.999kB"},
      {9'995, "9.995kB"},
      {99'995, "100kB"},
      {999'500, "999.5kB"},
      {999'949, "999.9kB"},
      {999'951, "1000kB"},
      {999'999, "1000kB"},
      {1'000'000, "1MB"},
      {202'200'000, "202.2MB"},
      {202'249'999, "202.2MB"},
      {202'250'001, "202.3MB"},
      {2'742'000'000, "2.742GB"},
      {2'966'300'000, "2.966GB"},
      {kMaxSize, "18.45EB"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.bytes);
    EXPECT_EQ(human_size(static_cast<double>(row.bytes), 4), row.text);
  }
}

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kYear = 365 * kDay;

/// Hours are rounded: this much before an hour is still less than it.
constexpr std::int64_t kHalfHour = 30 * kMinute;

TEST(HumanAge, ReadsAsDockerPrintsIt) {
  const struct {
    std::int64_t age_seconds;
    std::string text;
  } rows[] = {
      {-100 * kYear, "Less than a second ago"},
      {-1, "Less than a second ago"},
      {0, "Less than a second ago"},
      {1, "1 second ago"},
      {2, "2 seconds ago"},
      {59, "59 seconds ago"},
      {60, "About a minute ago"},
      {119, "About a minute ago"},
      {120, "2 minutes ago"},
      {kHour - 1, "59 minutes ago"},
      {kHour, "About an hour ago"},
      {2 * kHour - kHalfHour - 1, "About an hour ago"},
      {2 * kHour - kHalfHour, "2 hours ago"},
      {3 * kHour - kHalfHour - 1, "2 hours ago"},
      {48 * kHour - kHalfHour - 1, "47 hours ago"},
      {48 * kHour - kHalfHour, "2 days ago"},
      {3 * kDay - kHalfHour - 1, "2 days ago"},
      {3 * kDay - kHalfHour, "3 days ago"},
      {14 * kDay - kHalfHour - 1, "13 days ago"},
      {14 * kDay - kHalfHour, "2 weeks ago"},
      {21 * kDay - kHalfHour - 1, "2 weeks ago"},
      {21 * kDay - kHalfHour, "3 weeks ago"},
      {60 * kDay - kHalfHour - 1, "8 weeks ago"},
      {60 * kDay - kHalfHour, "2 months ago"},
      {90 * kDay - kHalfHour - 1, "2 months ago"},
      {90 * kDay - kHalfHour, "3 months ago"},
      {kYear, "12 months ago"},
      {2 * kYear - kHalfHour - 1, "24 months ago"},
      {2 * kYear - kHalfHour, "1 years ago"},
      {2 * kYear - 1, "1 years ago"},
      {2 * kYear, "2 years ago"},
      {3 * kYear - 1, "2 years ago"},
      {3 * kYear, "3 years ago"},
      {50 * kYear, "50 years ago"},
  };
  const Time now{seconds(1'600'000'000)};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.age_seconds);
    EXPECT_EQ(human_age(now - seconds(row.age_seconds), now), row.text);
  }
}

TEST(HumanAge, CountsFrom1970ForACreatedOfZero) {
  EXPECT_EQ(human_age(Time{}, Time{seconds(1'600'000'000)}), "50 years ago");
}

TEST(HumanAge, IsNotKnownWithoutADate) {
  EXPECT_EQ(human_age(std::nullopt, Time{seconds(1'600'000'000)}), "N/A");
}

TEST(HumanAge, GoesNoFurtherThan292Years) {
  const Time now{seconds(1'600'000'000)};
  const Time earliest{seconds(std::numeric_limits<std::int64_t>::min())};
  const Time latest{seconds(std::numeric_limits<std::int64_t>::max())};
  EXPECT_EQ(human_age(now - seconds(291 * kYear), now), "291 years ago");
  EXPECT_EQ(human_age(now - seconds(293 * kYear), now), "292 years ago");
  EXPECT_EQ(human_age(now - seconds(2000 * kYear), now), "292 years ago");
  EXPECT_EQ(human_age(earliest, now), "292 years ago");
  EXPECT_EQ(human_age(earliest, latest), "292 years ago");
  EXPECT_EQ(human_age(latest, now), "Less than a second ago");
  EXPECT_EQ(human_age(latest, earliest), "Less than a second ago");
}

}  // namespace
}  // namespace dkr
