// Hosts and ports in addresses of engines and registries.
#pragma once

#include <optional>
#include <string_view>

namespace dkr {

struct HostPort {
  std::string_view host;    ///< may be empty; an IPv6 address is in brackets
  std::optional<int> port;  ///< absent when not given
};

/// Parses `HOST[:[PORT]]`. Absent when the host contains a character that could change the meaning
/// of a URL it is inserted into, or when the port is not a number from 1 to 65535.
std::optional<HostPort> parse_host_port(std::string_view text);

/// Whether `host` is certain to be this machine: `localhost`, `[::1]` or in 127.0.0.0/8.
bool is_loopback(std::string_view host);

}  // namespace dkr
