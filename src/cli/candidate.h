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

/// Returns the candidates for a flag's value or an argument. `typed` is the part before the cursor;
/// candidates that do not start with it are dropped later. May read files, but makes no requests.
using Completer = std::vector<Candidate> (*)(std::string_view typed, World& world);

}  // namespace dkr
