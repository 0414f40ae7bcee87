#include "docker/endpoint.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "net/host.h"
#include "net/url.h"

namespace dkr {
namespace {

constexpr std::string_view kDefaultSocket = "/var/run/docker.sock";
constexpr std::string_view kDefaultHost = "localhost";
constexpr int kDefaultPort = 2375;
constexpr std::string_view kLocalUrl = "http://localhost";

[[noreturn]] void invalid(std::string_view host) {
  throw Error(ErrorKind::kConfiguration,
              fmt::format("invalid bind address format: {}", without_credentials(host)),
              "write unix:///PATH, tcp://HOST:PORT or ssh://[USER@]HOST[:PORT]");
}

Endpoint unix_endpoint(std::string_view path) {
  Endpoint endpoint;
  endpoint.unix_socket = path.empty() ? kDefaultSocket : path;
  endpoint.address = "unix://" + *endpoint.unix_socket;
  endpoint.base_url = kLocalUrl;
  return endpoint;
}

/// The parts of `path` between its slashes, decoded, with `.` and `..` resolved, as docker joins
/// paths with Go's path.Join. Absent when the percent-encoding is not valid.
std::optional<std::vector<std::string>> parts_of(std::string_view path) {
  const auto decoded = percent_decoded(path);
  if (!decoded) return std::nullopt;
  std::vector<std::string> parts;
  std::string_view rest = *decoded;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.emplace_back(part);
    }
  }
  return parts;
}

Endpoint tcp_endpoint(std::string_view text, std::string_view whole) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::string_view authority = text.substr(0, slash);
  const auto parts = parts_of(text.substr(slash));
  const auto address = parse_host_port(authority);
  if (!address || !parts || text.find_first_of("?#") != std::string_view::npos) invalid(whole);
  // Docker would ask localhost for `/var/run/docker.sock`, and a host `unix` for `unix:/x`.
  if (!parts->empty() && (address->host.empty() || authority.ends_with(':'))) invalid(whole);
  std::string path;
  for (const std::string& part : *parts) path += "/" + percent_encoded(part);
  const std::string_view host = address->host.empty() ? kDefaultHost : address->host;
  const int port = address->port.value_or(kDefaultPort);
  Endpoint endpoint;
  endpoint.address = fmt::format("tcp://{}:{}{}", host, port, path);
  endpoint.base_url = fmt::format("http://{}:{}{}", host, port, path);
  return endpoint;
}

Endpoint ssh_endpoint(std::string_view text, std::string_view whole) {
  Endpoint endpoint;
  try {
    endpoint.ssh = parse_ssh_address(text);
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("{}: {}", without_credentials(whole), error.what()),
                error.hint());
  }
  endpoint.address = to_string(*endpoint.ssh);
  endpoint.base_url = kLocalUrl;
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
  if (scheme == "ssh") return ssh_endpoint(rest, host);
  if (scheme == "fd" || scheme == "npipe") {
    throw Error(
        ErrorKind::kUnsupported,
        fmt::format("{}: engines over {} are not supported yet", without_credentials(host), scheme),
        "name an engine at unix:///PATH, tcp://HOST:PORT or ssh://HOST");
  }
  invalid(host);
}

}  // namespace dkr
