// Hosts and ports, as addresses of engines and registries have them.
#pragma once

#include <optional>
#include <string_view>

namespace dkr {

struct HostPort {
  std::string_view host;    ///< an IPv6 address in brackets; may be empty
  std::optional<int> port;  ///< absent when not given
};

/// Reads `HOST[:[PORT]]`; absent when the host holds anything that could change the meaning of a
/// URL it is put into, or the port is none.
std::optional<HostPort> parse_host_port(std::string_view text);

/// Whether `host` is this machine for certain. Other names are looked up, and may be anywhere.
bool is_loopback(std::string_view host);

}  // namespace dkr
