// The commands, each defined in the file named after it. The table in command.cpp lists them.
#pragma once

#include "cli/command.h"

namespace dkr {

Command complete_command();
Command completion_command();
Command du_command();
Command diff_command();
Command help_command();
Command repos_command();
Command tags_command();

}  // namespace dkr
