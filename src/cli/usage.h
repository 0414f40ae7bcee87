// Help and usage errors from the tables of commands and flags, in the layout of cobra
// (github.com/spf13/cobra).
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "cli/command.h"

namespace dkr {

/// What `--help` prints: the description of `command`, its usage and its example.
std::string help_text(const Command& command);

/// The description of `flag` in the help of `command`.
std::string flag_help(const Flag& flag, const Command& command);

/// The default, as help appends it to the description: ` (default 60)`; may be empty.
std::string default_note(const Flag& flag);

/// The names of `flag` as help shows them, without aliases: `-H, --host`.
std::string shown_names(const Flag& flag);

/// An Error kUsage with `message`, whose hint is the usage of `command`.
Error usage_error(const Command& command, const std::string& message);

/// An Error kUsage for the unknown command `name`, with suggestions.
Error unknown_command(std::string_view name);

/// An Error kUsage for `argument`, the first one beyond what `command` takes.
Error unexpected_argument(const Command& command, const std::string& argument);

}  // namespace dkr
