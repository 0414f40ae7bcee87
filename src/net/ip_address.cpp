#include "net/ip_address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstddef>
#include <string>
#include <system_error>

namespace dkr {
namespace {

constexpr std::size_t kIpv4Begin = 12;  // of the bytes of a mapped address
constexpr int kBitsPerByte = 8;

bool is_ipv4(const IpAddress& address) {
  constexpr std::array<std::uint8_t, kIpv4Begin> kPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
  return std::equal(kPrefix.begin(), kPrefix.end(), address.begin());
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  const bool is_mapped = text.find(':') == std::string_view::npos;
  const std::string ipv6 = (is_mapped ? "::ffff:" : "") + std::string(text);
  IpAddress address{};
  if (::inet_pton(AF_INET6, ipv6.c_str(), address.data()) != 1) return std::nullopt;
  if (is_mapped && !is_ipv4(address)) return std::nullopt;  // such as `1`, which is ::ffff:1
  return address;
}

std::optional<IpNetwork> parse_ip_network(std::string_view text) {
  constexpr int kBits = 128;
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = parse_ip_address(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  int bits = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, bits);
  if (!address || digits.empty() || error != std::errc() || rest != end || bits < 0) {
    return std::nullopt;
  }
  const bool is_mapped = text.substr(0, slash).find(':') == std::string_view::npos;
  if (is_mapped) bits += static_cast<int>(kIpv4Begin) * kBitsPerByte;
  if (bits > kBits) return std::nullopt;
  return IpNetwork{*address, bits};
}

bool contains(const IpNetwork& network, const IpAddress& address) {
  if (is_ipv4(network.address) != is_ipv4(address)) return false;
  for (int bit = 0; bit < network.bits; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / kBitsPerByte);
    const int shift = kBitsPerByte - 1 - bit % kBitsPerByte;
    if (((network.address[byte] ^ address[byte]) >> shift & 1) != 0) return false;
  }
  return true;
}

bool is_loopback(const IpAddress& address) {
  return address == parse_ip_address("::1") || contains(*parse_ip_network("127.0.0.0/8"), address);
}

}  // namespace dkr
