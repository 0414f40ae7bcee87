// What a shell may offer in place of a word that is being typed.
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

/// The candidates for a value or an argument of which `typed` is there already; those that do not
/// begin with it are dropped later. May read files of `world`, makes no requests.
using Completer = std::vector<Candidate> (*)(std::string_view typed, World& world);

}  // namespace dkr
