#include "config/endpoint.h"

#include <charconv>
#include <cstddef>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

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
  endpoint.is_local = true;
  return endpoint;
}

/// A host name, an IPv4 address, or an IPv6 address in brackets: nothing that could change the
/// meaning of the URL it is put into.
bool is_host(std::string_view text) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  if (text.starts_with('[') && text.ends_with(']')) {
    return text.size() > 2 &&
           text.substr(1, text.size() - 2).find_first_not_of("0123456789abcdefABCDEF:.%") ==
               std::string_view::npos;
  }
  return text.find_first_not_of(kAllowed) == std::string_view::npos;
}

/// Names are looked up, and may be anywhere.
bool is_loopback(std::string_view host) {
  const bool is_ipv4 = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == kDefaultHost || host == "[::1]" || (is_ipv4 && host.starts_with("127."));
}

std::optional<int> parse_port(std::string_view digits) {
  constexpr int kLargestPort = 65535;
  int port = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc() || rest != end || port < 1 || port > kLargestPort) return std::nullopt;
  return port;
}

Endpoint tcp_endpoint(std::string_view text, std::string_view whole) {
  if (text.ends_with('/')) text.remove_suffix(1);
  std::string_view host = text;
  int port = kDefaultPort;
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && !text.ends_with(']')) {
    if (const auto digits = text.substr(colon + 1); !digits.empty()) {
      port = parse_port(digits).value_or(0);
      if (port == 0) invalid(whole);
    }
    host = text.substr(0, colon);
  }
  if (host.empty()) host = kDefaultHost;
  if (!is_host(host)) invalid(whole);
  Endpoint endpoint;
  endpoint.address = fmt::format("tcp://{}:{}", host, port);
  endpoint.base_url = fmt::format("http://{}:{}", host, port);
  endpoint.is_local = is_loopback(host);
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
