// Dates as image configs write them.
#pragma once

#include <optional>
#include <string_view>

#include "base/world.h"

namespace dkr {

/// Reads a date-time of RFC 3339, such as `2026-11-22T10:00:00.123456789+01:00`; fractions of a
/// second are cut off. Absent when `text` is none.
std::optional<Time> parse_rfc3339(std::string_view text);

}  // namespace dkr
