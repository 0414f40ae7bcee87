// Advice for those who type what `docker images` takes and dkr-ls does not.
#pragma once

#include <string_view>

namespace dkr {

/// What does here what `flag`, with its dashes, does in `docker images`; empty if `flag` is none of
/// its flags, or is the same here.
std::string_view docker_advice(std::string_view flag);

}  // namespace dkr
