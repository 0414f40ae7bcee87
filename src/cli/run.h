// The whole program, except for the outside world.
#pragma once

#include <string>
#include <vector>

#include "base/world.h"
#include "cli/exit_status.h"

namespace dkr {

/// Runs dkr-ls with `arguments`, which exclude the program's name. Writes the result to `world.out`
/// in one piece, errors and the log to `world.err`. Does not throw.
ExitStatus run(const std::vector<std::string>& arguments, World& world);

}  // namespace dkr
