// Completion of command lines in shells. The scripts of the shells only ask
// `dkr-ls __complete WORD...` what may come next, and the answer is made from the flag definitions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/world.h"

namespace CLI {
class App;
}

namespace dkr {

/// The first argument of a run that is asked by a shell; help does not show it.
inline constexpr std::string_view kCompleteCommand = "__complete";

/// What may stand in the place of the last of `words`, those behind the program's name up to the
/// cursor: one candidate a line, most with a tab and a description behind. `root` is the program,
/// with all commands and flags defined. Reads docker's contexts from `world`, asks nobody.
std::string complete(const CLI::App& root, const std::vector<std::string>& words, World& world);

/// What makes `shell` (bash, zsh, fish) complete the command lines of dkr-ls; absent for others.
std::optional<std::string_view> completion_script(std::string_view shell);

}  // namespace dkr
