// IP addresses and networks, as text has them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dkr {

/// In the form of IPv6; an IPv4 address is mapped: `::ffff:10.0.0.1`.
using IpAddress = std::array<std::uint8_t, 16>;

struct IpNetwork {
  IpAddress address;
  int bits;  ///< how many leading bits an address in the network has in common with `address`
};

/// Parses `10.0.0.1` or `fe80::1`, without brackets or zone; absent when `text` is something else.
std::optional<IpAddress> parse_ip_address(std::string_view text);

/// Parses `10.0.0.0/8` or `fd00::/8`; absent when `text` is something else.
std::optional<IpNetwork> parse_ip_network(std::string_view text);

/// Whether `address` is in `network`. No network of IPv6 contains an IPv4 address.
bool contains(const IpNetwork& network, const IpAddress& address);

/// Whether `address` is in 127.0.0.0/8 or is `::1`.
bool is_loopback(const IpAddress& address);

}  // namespace dkr
