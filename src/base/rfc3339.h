// Dates in the format of image configs.
#pragma once

#include <optional>
#include <string_view>

#include "base/world.h"

namespace dkr {

/// Parses a date-time of RFC 3339, such as `2026-11-22T10:00:00.123456789+01:00`. Fractions of a
/// second are truncated. Absent when `text` is not a valid date-time.
std::optional<Time> parse_rfc3339(std::string_view text);

}  // namespace dkr
