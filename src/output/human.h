// Human-readable sizes and ages, exactly as docker prints them (github.com/docker/go-units).
#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace dkr {

/// Printed for an unknown date, size or id.
inline constexpr const char* kNotAvailable = "N/A";

/// `bytes` with a unit that is a power of 1000: `133MB`, `22.1MB`, `0B`. As in docker, the unit is
/// chosen before C's %g rounds to `significant_digits`, so 999500 with three digits is `1e+03kB`.
/// docker uses three digits for the size of an image and four for totals.
std::string human_size(double bytes, int significant_digits);

/// The time from `created` to `now`: `2 weeks ago`; `N/A` when unknown.
std::string human_age(std::optional<Time> created, Time now);

}  // namespace dkr
