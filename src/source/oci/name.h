// The names of repositories.
#pragma once

#include <string_view>

namespace dkr {

/// Whether `text` can be a repository, and stands for itself in a URL. Registries are more liberal
/// than the distribution specification, which wants lower case.
bool is_repository(std::string_view text);

}  // namespace dkr
