// The address of an engine, in the format of docker's --host, DOCKER_HOST and contexts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dkr {

struct Endpoint {
  /// For display: `unix:///var/run/docker.sock`, `tcp://localhost:2375`.
  std::string address;
  /// The path of the Unix socket; absent for TCP.
  std::optional<std::string> unix_socket;
  /// `http://HOST:PORT[/PATH]`, for requests; with a Unix socket the host has no meaning.
  std::string base_url;
  /// Names and values of headers to send with each request.
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// Where the address comes from, for messages and the log: `DOCKER_HOST`.
  std::string chosen_by;
};

/// Parses `unix://PATH` (default: /var/run/docker.sock) or `tcp://HOST[:PORT][/PATH]` (default:
/// localhost and 2375) as docker does. `tcp://` is optional, and an IPv6 host must be in brackets.
/// The path may be percent-encoded; its parts `.` and `..` are resolved. Empty text is the default
/// socket. Throws Error kUnsupported for the schemes ssh, fd and npipe, and kConfiguration for any
/// other scheme or an invalid host or port: `invalid bind address format: http://x`.
Endpoint parse_host(std::string_view host);

}  // namespace dkr
