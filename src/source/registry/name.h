// What can be named in a registry, and how its repositories are shown.
#pragma once

#include <string>
#include <string_view>

#include "source/registry/address.h"

namespace dkr {

/// Whether `text` can be a repository, and stands for itself in a URL. Registries are more liberal
/// than the specification, which wants lower case.
bool is_repository(std::string_view text);

/// How docker shows the repository at `path`, without the registry's own name: Docker Hub's
/// library/nginx is `nginx`.
std::string displayed_name(std::string_view path, const RegistryAddress& registry);

/// Where the repository that docker shows as `name` lies.
std::string repository_path(std::string_view name, const RegistryAddress& registry);

}  // namespace dkr
