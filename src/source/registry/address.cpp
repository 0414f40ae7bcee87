#include "source/registry/address.h"

#include <cstddef>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "model/docker_hub.h"
#include "net/host.h"
#include "source/oci/name.h"

namespace dkr {
namespace {

Error invalid(const std::string& message) { return {ErrorKind::kConfiguration, message}; }

/// Throws Error kConfiguration, with advice, unless `path` is a namespace of the registry, whose
/// address the user has `typed`.
void check_namespace(std::string_view path, const RegistryAddress& registry,
                     std::string_view typed) {
  if (path == "v1" || path == "v2" || path.starts_with("v1/") || path.starts_with("v2/")) {
    throw invalid(fmt::format("{} is the address of an API: write registry:{}", path, typed));
  }
  if (const std::size_t end = path.find_first_of(":@"); end != std::string_view::npos) {
    const std::string_view repository = path.substr(0, end);
    const std::string_view tag = path.substr(end + 1);
    const bool is_tagged = path[end] == ':' && !tag.empty();
    throw invalid(fmt::format("{} names an image, not a namespace: write registry:{} --repo {}{}",
                              path, typed, repository,
                              is_tagged ? fmt::format(" --tag {}", tag) : ""));
  }
  if (!is_repository(path)) {
    throw invalid(fmt::format("{} is not a namespace, such as team or team/tools", path));
  }
  if (is_docker_hub(registry.name) && path.find('/') != std::string_view::npos) {
    throw invalid(
        fmt::format("on Docker Hub, {} is a repository, not a user or an organisation: write "
                    "registry:{} --repo {}",
                    path, typed, path));
  }
}

}  // namespace

RegistryAddress parse_registry(std::string_view text) {
  constexpr std::string_view kHttp = "http://";
  constexpr std::string_view kHttps = "https://";
  std::string_view rest = text;
  const bool has_http = rest.starts_with(kHttp);
  const bool has_https = rest.starts_with(kHttps);
  if (has_http) rest.remove_prefix(kHttp.size());
  if (has_https) rest.remove_prefix(kHttps.size());
  std::string_view path;
  if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
    path = rest.substr(slash + 1);
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    rest = rest.substr(0, slash);
  }
  const auto address = parse_host_port(rest);
  const bool has_other_scheme = rest.ends_with(':') && path.starts_with('/');
  if (!address || address->host.empty() || has_other_scheme) {
    throw invalid("expected registry:HOST[:PORT][/NAMESPACE]");
  }

  const std::string host = to_lower(address->host);
  const std::string_view scheme = has_http || (!has_https && is_loopback(host)) ? kHttp : kHttps;
  RegistryAddress result;
  if (!address->port && (is_docker_hub(host) || host == kDockerHubApiHost)) {
    result = {std::string(kDockerHub), fmt::format("{}{}", scheme, kDockerHubApiHost)};
  } else {
    result.name = address->port ? fmt::format("{}:{}", host, *address->port) : host;
    result.base_url = fmt::format("{}{}", scheme, result.name);
  }
  if (!path.empty()) {
    const auto typed_bytes = static_cast<std::size_t>(rest.data() + rest.size() - text.data());
    check_namespace(path, result, text.substr(0, typed_bytes));
  }
  result.name_space = is_docker_hub(result.name) ? to_lower(path) : std::string(path);
  return result;
}

}  // namespace dkr
