// The address of an engine, as docker writes it in --host, DOCKER_HOST and contexts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dkr {

struct Endpoint {
  /// As the user knows it: `unix:///var/run/docker.sock`, `tcp://localhost:2375`.
  std::string address;
  /// The path of the socket; absent for tcp.
  std::optional<std::string> unix_socket;
  /// `http://HOST:PORT` for requests; with a socket the host means nothing.
  std::string base_url;
  /// Where the address comes from, for messages and the log: `DOCKER_HOST`.
  std::string chosen_by;
};

/// Reads `unix://PATH` (default path /var/run/docker.sock) or `tcp://HOST[:PORT]` (default
/// localhost, 2375; `tcp://` may be left out, an IPv6 host stands in brackets), as docker's
/// ParseHost does. Throws Error kConfiguration for any other scheme: `invalid bind address format:
/// http://x`, and kUnsupported for ssh, fd and npipe.
Endpoint parse_host(std::string_view host);

}  // namespace dkr
