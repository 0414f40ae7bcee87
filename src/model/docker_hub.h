// The names of Docker Hub and of its repositories, which docker abbreviates.
#pragma once

#include <string>
#include <string_view>

namespace dkr {

/// Its name in references and addresses, and an alias.
inline constexpr std::string_view kDockerHub = "docker.io";
inline constexpr std::string_view kDockerHubIndex = "index.docker.io";

/// The host that serves the distribution API for it.
inline constexpr std::string_view kDockerHubApiHost = "registry-1.docker.io";

/// The namespace of its official images, which docker omits: `library/nginx` is shown as `nginx`.
inline constexpr std::string_view kDockerHubOfficial = "library/";

/// Whether the registry called `name`, in lower case, is Docker Hub.
constexpr bool is_docker_hub(std::string_view name) {
  return name == kDockerHub || name == kDockerHubIndex;
}

/// `name` without the name of Docker Hub before it, in any of its forms.
constexpr std::string_view without_hub(std::string_view name) {
  for (const std::string_view hub : {kDockerHub, kDockerHubIndex, kDockerHubApiHost}) {
    if (name.starts_with(hub) && name.substr(hub.size()).starts_with('/')) {
      return name.substr(hub.size() + 1);
    }
  }
  return name;
}

/// The name under which docker shows the Docker Hub repository at `path`: without `library/`.
constexpr std::string_view familiar_path(std::string_view path) {
  if (!path.starts_with(kDockerHubOfficial)) return path;
  const std::string_view below = path.substr(kDockerHubOfficial.size());
  return below.find('/') == std::string_view::npos ? below : path;
}

/// The path on Docker Hub of the repository that docker shows as `name`.
inline std::string full_path(std::string_view name) {
  const bool is_official = name.find('/') == std::string_view::npos;
  return std::string(is_official ? kDockerHubOfficial : "").append(name);
}

}  // namespace dkr
