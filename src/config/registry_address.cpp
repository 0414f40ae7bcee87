#include "config/registry_address.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "config/host.h"

namespace dkr {
namespace {

[[noreturn]] void invalid(std::string_view text) {
  throw Error(ErrorKind::kConfiguration,
              fmt::format("invalid registry address: {}", without_credentials(text)),
              "write registry:HOST[:PORT], without a path");
}

bool is_docker_hub(std::string_view host) {
  return host == "docker.io" || host == "index.docker.io" || host == "registry-1.docker.io";
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
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const auto address = parse_host_port(rest);
  if (!address || address->host.empty()) invalid(text);

  const std::string host = to_lower(address->host);
  const std::string_view scheme = has_http || (!has_https && is_loopback(host)) ? kHttp : kHttps;
  if (is_docker_hub(host) && !address->port) {
    return {"docker.io", fmt::format("{}registry-1.docker.io", scheme), true};
  }
  const std::string name = address->port ? fmt::format("{}:{}", host, *address->port) : host;
  return {name, fmt::format("{}{}", scheme, name)};
}

}  // namespace dkr
