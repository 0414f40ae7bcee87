// Shell completion. The completion scripts (commands/completion.cpp) only call `dkr-ls __complete
// WORD...`, which computes the candidates from the tables of commands and flags.
#pragma once

#include <string>
#include <vector>

#include "base/world.h"

namespace dkr {

/// The candidates for the last of `words`, which are the words between the program's name and the
/// cursor. One candidate per line, most followed by a tab and a description. Reads docker's
/// contexts from `world`, but makes no requests.
std::string complete(const std::vector<std::string>& words, World& world);

}  // namespace dkr
