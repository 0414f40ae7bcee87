// Sizes and ages in words, exactly as docker prints them (github.com/docker/go-units).
#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace dkr {

/// What stands for an unknown date, size or id.
inline constexpr const char* kUnknown = "N/A";

/// `bytes` in powers of 1000, rounded to `significant_digits` as C's %g does after the unit was
/// chosen: `133MB`, `22.1MB`, `0B`, and with three digits `1e+03kB` for 999500, as docker prints
/// it. docker rounds the size of an image to three digits and totals to four.
std::string human_size(double bytes, int significant_digits);

/// How long before `now` something was created: `2 weeks ago`; `N/A` when unknown.
std::string human_age(std::optional<Time> created, Time now);

}  // namespace dkr
