// The whole program, except for the outside world.
#pragma once

#include <string>
#include <vector>

#include "base/world.h"

namespace dkr {

enum ExitStatus : int {
  kSuccess = 0,   ///< everything was printed
  kFailure = 1,   ///< all or part of the source could not be read, or the output not written
  kBadUsage = 2,  ///< unknown command or flag, bad value
};

/// Runs dkr-ls with `arguments`, which exclude the program's name. Writes the result to `world.out`
/// in one piece, errors and the log to `world.err`. Does not throw.
ExitStatus run(const std::vector<std::string>& arguments, World& world);

}  // namespace dkr
