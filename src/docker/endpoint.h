// The address of an engine, in the format of docker's --host, DOCKER_HOST and contexts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "docker/engine_tls.h"
#include "docker/ssh_address.h"

namespace dkr {

/// How a user names an engine: with --host and --context, or as docker:HOST and docker:CONTEXT.
enum class EngineNaming { kFlags, kSource };

struct Endpoint {
  /// For display: `unix:///var/run/docker.sock`, `tcp://localhost:2375`.
  std::string address;
  /// The path of the Unix socket on this machine; absent for other transports.
  std::optional<std::string> unix_socket;
  /// `http://HOST:PORT[/PATH]`, for requests, or https; with a Unix socket or ssh the host has no
  /// meaning.
  std::string base_url;
  /// How ssh reaches the engine; absent when it does not.
  std::optional<SshAddress> ssh = {};
  /// Absent when the engine does not speak TLS.
  std::optional<EngineTls> tls = {};
  /// Names and values of headers to send with each request.
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// Where the address comes from, for messages and the log: `DOCKER_HOST`.
  std::string chosen_by;
  EngineNaming naming = EngineNaming::kFlags;
};

/// Parses `unix://PATH` (default: /var/run/docker.sock) or `tcp://HOST[:PORT][/PATH]` (default:
/// localhost and 2375) as docker does. `tcp://` is optional, and an IPv6 host must be in brackets.
/// The path may be percent-encoded; its parts `.` and `..` are resolved. Empty text is the default
/// socket. What follows `ssh://` is for parse_ssh_address(). Throws Error kUnsupported for the
/// schemes fd and npipe, and kConfiguration for any other scheme or an invalid host or port:
/// `invalid bind address format: http://x`.
Endpoint parse_host(std::string_view host);

}  // namespace dkr
