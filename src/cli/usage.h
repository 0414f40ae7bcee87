// Help and usage errors, laid out as cobra (github.com/spf13/cobra) prints them, made from the
// tables of commands and flags.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "cli/command.h"

namespace dkr {

/// What `--help` prints: what `command` does, its usage and its example.
std::string help_text(const Command& command);

/// What help says about `flag` of `command`.
std::string flag_help(const Flag& flag, const Command& command);

/// What help says about the default behind that: ` (default 60)`; may be empty.
std::string default_note(const Flag& flag);

/// The names of `flag` as help shows them, without aliases: `-H, --host`.
std::string shown_names(const Flag& flag);

/// The Error kUsage that says `message`, to be printed before the usage of `command`.
Error usage_error(const Command& command, const std::string& message);

/// The Error kUsage for `name`, which is no command, with those that were perhaps meant.
Error unknown_command(std::string_view name);

/// The Error kUsage for the first argument of more than `command` takes.
Error unexpected_argument(const Command& command, const std::string& argument);

}  // namespace dkr
