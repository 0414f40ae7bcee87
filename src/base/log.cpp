#include "base/log.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>

#include <fmt/chrono.h>

#include "base/error.h"
#include "base/text.h"

namespace dkr {

std::optional<LogLevel> parse_log_level(std::string_view name) {
  const std::string wanted = to_upper(name);
  if (wanted == "WARN") return LogLevel::kWarning;
  if (wanted == "FATAL") return LogLevel::kCritical;
  const auto* const found = std::ranges::find(kLogLevelNames, std::string_view(wanted));
  if (found == std::end(kLogLevelNames)) return std::nullopt;
  return static_cast<LogLevel>(found - std::begin(kLogLevelNames));
}

void Log::write(LogLevel level, fmt::string_view format, fmt::format_args args) {
  const auto time = clock_.precise_now();
  const auto milliseconds = time.time_since_epoch().count() % 1000;
  try {
    err_.write(fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03} {} {}\n",
                           fmt::gmtime(std::chrono::system_clock::to_time_t(time)), milliseconds,
                           kLogLevelNames[static_cast<std::size_t>(level)],
                           printable(fmt::vformat(format, args))));
  } catch (const Error&) {
    // There is nowhere to report that standard error is gone, and the result does not need it.
  }
}

}  // namespace dkr
