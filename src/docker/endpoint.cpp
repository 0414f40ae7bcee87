#include "docker/endpoint.h"

#include <cstddef>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "net/host.h"

namespace dkr {
namespace {

constexpr std::string_view kDefaultSocket = "/var/run/docker.sock";
constexpr std::string_view kDefaultHost = "localhost";
constexpr int kDefaultPort = 2375;

[[noreturn]] void invalid(std::string_view host) {
  throw Error(ErrorKind::kConfiguration,
              fmt::format("invalid bind address format: {}", without_credentials(host)),
              "write unix:///PATH or tcp://HOST:PORT");
}

Endpoint unix_endpoint(std::string_view path) {
  Endpoint endpoint;
  endpoint.unix_socket = path.empty() ? kDefaultSocket : path;
  endpoint.address = "unix://" + *endpoint.unix_socket;
  endpoint.base_url = "http://localhost";
  return endpoint;
}

Endpoint tcp_endpoint(std::string_view text, std::string_view whole) {
  if (text.ends_with('/')) text.remove_suffix(1);
  const auto address = parse_host_port(text);
  if (!address) invalid(whole);
  const std::string_view host = address->host.empty() ? kDefaultHost : address->host;
  const int port = address->port.value_or(kDefaultPort);
  Endpoint endpoint;
  endpoint.address = fmt::format("tcp://{}:{}", host, port);
  endpoint.base_url = fmt::format("http://{}:{}", host, port);
  return endpoint;
}

}  // namespace

Endpoint parse_host(std::string_view host) {
  constexpr std::string_view kSeparator = "://";
  host = trim(host);
  const std::size_t separator = host.find(kSeparator);
  if (host.empty()) return unix_endpoint({});
  if (separator == std::string_view::npos) return tcp_endpoint(host, host);
  const std::string_view scheme = host.substr(0, separator);
  const std::string_view rest = host.substr(separator + kSeparator.size());
  if (scheme == "unix") return unix_endpoint(rest);
  if (scheme == "tcp") return tcp_endpoint(rest, host);
  if (scheme == "ssh" || scheme == "fd" || scheme == "npipe") {
    throw Error(
        ErrorKind::kUnsupported,
        fmt::format("{}: engines over {} are not supported yet", without_credentials(host), scheme),
        "name an engine at unix:///PATH or tcp://HOST:PORT");
  }
  invalid(host);
}

}  // namespace dkr
