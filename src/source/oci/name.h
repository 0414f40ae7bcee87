// Names of repositories.
#pragma once

#include <string_view>

namespace dkr {

/// Whether `text` is acceptable as the name of a repository, and safe to insert into a URL.
/// Registries are more liberal than the distribution spec, which requires lower case.
bool is_repository(std::string_view text);

}  // namespace dkr
