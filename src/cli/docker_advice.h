// Advice for those who type what `docker images` takes and dkr-ls does not.
#pragma once

#include <string_view>

namespace dkr {

/// What to use instead of `flag`, a flag of `docker images` with its dashes; empty for any other
/// flag.
std::string_view docker_advice(std::string_view flag);

}  // namespace dkr
