// Dates in the format of image configs, and dates of Go.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/world.h"

namespace dkr {

/// Parses a date-time of RFC 3339, such as `2026-11-22T10:00:00.123456789+01:00`. Fractions of a
/// second are truncated. Absent when `text` is not a valid date-time.
std::optional<Time> parse_rfc3339(std::string_view text);

/// `2026-11-22T10:00:00Z`; absent for a time outside the years 0 to 9999.
std::optional<std::string> format_rfc3339(Time time);

/// As Go's time.Time.String() prints a time in a time zone: `2026-11-22 12:00:00 +0200 EET`.
/// In UTC if the local time is beyond 64 bits.
std::string format_go_time(Time time, const UtcOffset& offset);

}  // namespace dkr
