#include "output/human.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

namespace dkr {
namespace {

/// `now - created` in seconds, saturated like Go's time.Duration at about 292 years.
std::int64_t age_in_seconds(Time created, Time now) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max() / 1'000'000'000;
  std::int64_t age = 0;
  if (__builtin_sub_overflow(now.time_since_epoch().count(), created.time_since_epoch().count(),
                             &age)) {
    return created < now ? kMax : -kMax;
  }
  return std::clamp(age, -kMax, kMax);
}

/// go-units' HumanDuration: truncates seconds and minutes, and rounds hours, except for years.
std::string human_duration(std::int64_t seconds) {
  if (seconds < 1) return "Less than a second";
  if (seconds == 1) return "1 second";
  if (seconds < 60) return fmt::format("{} seconds", seconds);
  const std::int64_t minutes = seconds / 60;
  if (minutes == 1) return "About a minute";
  if (minutes < 60) return fmt::format("{} minutes", minutes);
  constexpr std::int64_t kDay = 24;  // in hours, as are the following
  constexpr std::int64_t kWeek = 7 * kDay;
  constexpr std::int64_t kMonth = 30 * kDay;
  constexpr std::int64_t kYear = 365 * kDay;
  const std::int64_t hours = (seconds + 1800) / 3600;
  if (hours == 1) return "About an hour";
  if (hours < 48) return fmt::format("{} hours", hours);
  if (hours < 2 * kWeek) return fmt::format("{} days", hours / kDay);
  if (hours < 2 * kMonth) return fmt::format("{} weeks", hours / kWeek);
  if (hours < 2 * kYear) return fmt::format("{} months", hours / kMonth);
  return fmt::format("{} years", seconds / 3600 / kYear);
}

}  // namespace

std::string human_size(double bytes, int significant_digits) {
  constexpr std::array kUnits{"B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};
  std::size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  std::array<char, 32> digits{};
  char* end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes,
                            std::chars_format::general, significant_digits)
                  .ptr;
  return std::string(digits.data(), end).append(kUnits[unit]);
}

std::string human_age(std::optional<Time> created, Time now) {
  if (!created) return kNotAvailable;
  return human_duration(age_in_seconds(*created, now)) + " ago";
}

}  // namespace dkr
