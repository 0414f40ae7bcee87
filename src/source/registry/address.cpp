#include "source/registry/address.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "model/docker_hub.h"
#include "net/host.h"

namespace dkr {
namespace {

[[noreturn]] void invalid(std::string_view text) {
  throw Error(ErrorKind::kConfiguration,
              fmt::format("invalid registry address: {}", without_credentials(text)),
              "write registry:HOST[:PORT], without a path");
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
  if (!address->port && (is_docker_hub(host) || host == kDockerHubApiHost)) {
    return {std::string(kDockerHub), fmt::format("{}{}", scheme, kDockerHubApiHost)};
  }
  const std::string name = address->port ? fmt::format("{}:{}", host, *address->port) : host;
  return {name, fmt::format("{}{}", scheme, name)};
}

}  // namespace dkr
