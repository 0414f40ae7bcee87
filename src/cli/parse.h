// Parsing a command line into the command to run, its settings and its arguments.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/settings.h"

namespace dkr {

struct CommandLine {
  const Command* command;  ///< program() when none is named
  Settings settings = {};
  std::vector<std::string> arguments = {};  ///< no more than the command takes
};

/// Parses `arguments`, which exclude the program's name. Throws Error kUsage at the first unknown
/// command or flag, or flag whose value is missing or invalid; then if there are too many
/// arguments. Names cannot be abbreviated, so an unknown command is never taken for another one.
CommandLine parse(const std::vector<std::string>& arguments);

}  // namespace dkr
