// Points in time, as engines and registries report them.
#pragma once

#include <chrono>
#include <optional>

namespace dkr {

/// A point in time in whole seconds since 1970-01-01 UTC.
using Time = std::chrono::sys_seconds;

/// `time`, but absent for Go's zero time, 0001-01-01T00:00:00Z, which engines and image configs
/// write when the date is unknown.
constexpr std::optional<Time> known_time(std::optional<Time> time) {
  constexpr Time kGoZeroTime =
      std::chrono::sys_days{std::chrono::year{1} / std::chrono::January / 1};
  return time == kGoZeroTime ? std::nullopt : time;
}

}  // namespace dkr
