// Dates in image configs.
#include "base/rfc3339.h"

#include <chrono>

#include "targets.h"

namespace dkr {
namespace {

void check_time(const std::string& text) {
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
  const auto formatted = format_rfc3339(*time);
  if (formatted.has_value() != (*time >= first && *time < last)) fail("has no text", text);
  if (formatted && parse_rfc3339(*formatted) != time) fail("is parsed differently again", text);
}

}  // namespace

void fuzz_rfc3339(const std::string& text) { check_time(text); }

}  // namespace dkr
