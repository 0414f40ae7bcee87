// The program's log, on standard error, at the level that --log-level sets. Results and errors are
// not logged: cli/ prints them at every level.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <fmt/core.h>

#include "base/world.h"

namespace dkr {

enum class LogLevel : std::uint8_t { kTrace, kDebug, kInfo, kWarning, kError, kCritical, kOff };

/// The names of the levels as help and completion show them, in the order of LogLevel.
inline constexpr std::string_view kLogLevelNames[] = {"TRACE", "DEBUG",    "INFO", "WARNING",
                                                      "ERROR", "CRITICAL", "OFF"};

/// The level called `name`, in upper or lower case: one of kLogLevelNames, or WARN or FATAL. Absent
/// for anything else.
std::optional<LogLevel> parse_log_level(std::string_view name);

/// Writes one line per message, `2026-11-22 10:00:00.123 DEBUG text`, in UTC. Control characters
/// are escaped (see printable()).
class Log {
 public:
  /// Writes messages at `level` and above. Both references must outlive the log. Messages that
  /// cannot be written to `err` are dropped.
  Log(OutputStream& err, const Clock& clock, LogLevel level)
      : err_(err), clock_(clock), level_(level) {}

  [[nodiscard]] bool keeps(LogLevel level) const { return level >= level_; }

  /// `format` and its arguments are those of fmt::format().
  template <typename... Args>
  void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
    if (keeps(level)) write(level, format, fmt::make_format_args(args...));
  }
  template <typename... Args>
  void debug(fmt::format_string<Args...> format, Args&&... args) {
    if (keeps(LogLevel::kDebug)) write(LogLevel::kDebug, format, fmt::make_format_args(args...));
  }
  template <typename... Args>
  void info(fmt::format_string<Args...> format, Args&&... args) {
    if (keeps(LogLevel::kInfo)) write(LogLevel::kInfo, format, fmt::make_format_args(args...));
  }
  template <typename... Args>
  void warn(fmt::format_string<Args...> format, Args&&... args) {
    if (keeps(LogLevel::kWarning)) {
      write(LogLevel::kWarning, format, fmt::make_format_args(args...));
    }
  }

 private:
  void write(LogLevel level, fmt::string_view format, fmt::format_args args);

  OutputStream& err_;
  const Clock& clock_;
  LogLevel level_;
};

}  // namespace dkr
