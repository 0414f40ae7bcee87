// Completion of command lines in shells. The scripts of the shells (commands/completion.cpp) only
// ask `dkr-ls __complete WORD...` what may come next, and the answer is made from the tables of
// commands and flags.
#pragma once

#include <string>
#include <vector>

#include "base/world.h"

namespace dkr {

/// What may stand in the place of the last of `words`, those behind the program's name up to the
/// cursor: one candidate a line, most with a tab and a description behind. Reads docker's contexts
/// from `world`, makes no requests.
std::string complete(const std::vector<std::string>& words, World& world);

}  // namespace dkr
