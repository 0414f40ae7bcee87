// Dates in image configs.
#include "base/rfc3339.h"

#include <chrono>

#include <fmt/format.h>

#include "fuzz.h"

namespace dkr {
namespace {

/// `time` in the format that the parser reads, in UTC.
std::string text_of(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

void check(const std::string& text) {
  using std::chrono::sys_days, std::chrono::year, std::chrono::days;
  const auto time = parse_rfc3339(text);
  if (!time) return;
  if (text.find_first_not_of("0123456789-:+.TtZz ") != std::string::npos) {
    fail("a character that is not valid in a date", text);
  }
  const Time first = sys_days(year(0) / 1 / 1);
  const Time last = sys_days(year(10000) / 1 / 1);
  if (*time < first - days(1) || *time > last + days(1))
    fail("outside of the years 0 to 9999", text);
  if (*time < first || *time >= last) return;
  if (parse_rfc3339(text_of(*time)) != time) fail("is parsed differently the second time", text);
}

}  // namespace
}  // namespace dkr

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dkr::check(dkr::text_of(data, size));
  return 0;
}
