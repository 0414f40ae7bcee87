// Help and usage errors, laid out as cobra (github.com/spf13/cobra) prints them, made from the flag
// definitions themselves.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace CLI {
class App;
}

namespace dkr {

/// The group of CLI11 options that every command inherits; help lists them apart.
inline constexpr const char* kGlobalFlags = "Global Flags";

/// The commands of `app`, sorted by name.
std::vector<const CLI::App*> commands(const CLI::App& app);

/// What `app` takes besides flags, as usage shows it: `SHELL`; empty for nothing.
std::string argument_name(const CLI::App& app);

/// What `--help` prints: what the command does, then its usage. `app`'s description says what it
/// does, its footer holds the examples, one a line.
std::string help_text(const CLI::App& app);

/// `message` about a use of `app`, to be printed before its usage.
Error usage_error(const CLI::App& app, const std::string& message);

/// The Error kUsage for what parsing left over: an unknown flag, an unknown command (with the
/// commands that were perhaps meant) or an argument too many. `remaining` holds more than `app`
/// takes.
Error unexpected(const CLI::App& app, const std::vector<std::string>& remaining);

/// The command that was named on the command line, `root` itself when there was none.
const CLI::App& innermost(const CLI::App& root);

}  // namespace dkr
