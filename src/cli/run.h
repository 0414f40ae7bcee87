// The whole program but for the outside world.
#pragma once

#include <string>
#include <vector>

#include "base/world.h"

namespace dkr {

enum ExitStatus : int {
  kSuccess = 0,   ///< everything was printed
  kFailure = 1,   ///< the source, or a part of it, could not be read, or the result not written
  kBadUsage = 2,  ///< unknown command or flag, bad value
};

/// Runs dkr-ls with `arguments`, without the program's own name: prints what they ask for on
/// `world.out` in one piece, errors and the log on `world.err`. Throws nothing.
ExitStatus run(const std::vector<std::string>& arguments, World& world);

}  // namespace dkr
