// What the program says about its own work, on standard error, for whoever asked with --log-level.
// The result of a run and its errors are not logged: cli/ prints those at every level.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <spdlog/logger.h>

#include "base/world.h"

namespace dkr {

using Log = spdlog::logger;
using LogLevel = spdlog::level::level_enum;

/// The level that `name` stands for: TRACE, DEBUG, INFO, WARNING (WARN), ERROR, CRITICAL (FATAL) or
/// OFF, in any case; absent for anything else.
std::optional<LogLevel> parse_log_level(std::string_view name);

/// A log of everything at `level` and above, one line each: `2026-11-22 10:00:00.123 DEBUG text`,
/// in UTC. Control characters from outside are made visible. `err` must outlive the log; what
/// cannot be written there is lost.
std::unique_ptr<Log> make_log(OutputStream& err, LogLevel level);

}  // namespace dkr
