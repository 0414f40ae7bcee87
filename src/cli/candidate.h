// Completion candidates for the word that the user is typing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/world.h"

namespace dkr {

struct Candidate {
  std::string text;
  std::string description = {};  ///< may be empty
};

struct Command;  // command.h

/// Returns the candidates for an argument of `command`, or the value of one of its flags. `typed`
/// is the part before the cursor; candidates that do not start with it are dropped later. May read
/// files, but makes no requests.
using Completer = std::vector<Candidate> (*)(std::string_view typed, World& world,
                                             const Command& command);

}  // namespace dkr
