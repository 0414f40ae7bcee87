// Docker Hub, the registry whose name docker leaves out: what it is called, and what is different
// there.
#pragma once

#include <string>
#include <string_view>

namespace dkr {

/// Its name in references and in addresses, and another one that means the same.
inline constexpr std::string_view kDockerHub = "docker.io";
inline constexpr std::string_view kDockerHubIndex = "index.docker.io";

/// The host that speaks the distribution API for it.
inline constexpr std::string_view kDockerHubApiHost = "registry-1.docker.io";

/// The namespace of its official images, which docker does not show: `library/nginx` is `nginx`.
inline constexpr std::string_view kDockerHubOfficial = "library/";

/// Whether the registry called `name`, in lower case, is Docker Hub.
constexpr bool is_docker_hub(std::string_view name) {
  return name == kDockerHub || name == kDockerHubIndex;
}

/// How docker shows Docker Hub's repository at `path`: without `library/`.
constexpr std::string_view familiar_path(std::string_view path) {
  if (!path.starts_with(kDockerHubOfficial)) return path;
  const std::string_view below = path.substr(kDockerHubOfficial.size());
  return below.find('/') == std::string_view::npos ? below : path;
}

/// The path at Docker Hub of the repository that docker shows as `name`.
inline std::string full_path(std::string_view name) {
  const bool is_official = name.find('/') == std::string_view::npos;
  return std::string(is_official ? kDockerHubOfficial : "").append(name);
}

}  // namespace dkr
