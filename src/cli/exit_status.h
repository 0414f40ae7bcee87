// The exit statuses of dkr-ls.
#pragma once

namespace dkr {

enum ExitStatus : int {
  kSuccess = 0,    ///< everything was printed; in a comparison, nothing differs
  kFailure = 1,    ///< all or part of a source could not be read, or the output not written
  kBadUsage = 2,   ///< unknown command or flag, bad value
  kDifferent = 3,  ///< in a comparison, something differs
};

}  // namespace dkr
