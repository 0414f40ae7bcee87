// A command line, read: which command is to run, what its flags set, and its arguments.
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

/// Reads `arguments`, those of the program without its own name. Throws Error kUsage for the first
/// flag or command that is unknown, flag that lacks its value or has a bad one, or argument too
/// many. An unknown command is never taken for another: names are not abbreviated.
CommandLine parse(const std::vector<std::string>& arguments);

}  // namespace dkr
