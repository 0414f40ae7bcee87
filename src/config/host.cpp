#include "config/host.h"

#include <charconv>
#include <cstddef>
#include <system_error>

namespace dkr {
namespace {

/// A host name, an IPv4 address, or an IPv6 address in brackets, perhaps with a zone: nothing that
/// could change the meaning of the URL it is put into.
bool is_host(std::string_view text) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  if (text.starts_with('[') && text.ends_with(']')) {
    text = text.substr(1, text.size() - 2);
    if (const std::size_t percent = text.find('%'); percent != std::string_view::npos) {
      const std::string_view zone = text.substr(percent + 1);
      if (zone.empty() || zone.find_first_not_of(kAllowed) != std::string_view::npos) return false;
      text = text.substr(0, percent);
    }
    return !text.empty() &&
           text.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  }
  return text.find_first_not_of(kAllowed) == std::string_view::npos;
}

std::optional<int> parse_port(std::string_view digits) {
  constexpr int kLargestPort = 65535;
  int port = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc() || rest != end || port < 1 || port > kLargestPort) return std::nullopt;
  return port;
}

}  // namespace

std::optional<HostPort> parse_host_port(std::string_view text) {
  HostPort result{text, std::nullopt};
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && !text.ends_with(']')) {
    result.host = text.substr(0, colon);
    if (const std::string_view digits = text.substr(colon + 1); !digits.empty()) {
      result.port = parse_port(digits);
      if (!result.port) return std::nullopt;
    }
  }
  if (!is_host(result.host)) return std::nullopt;
  return result;
}

bool is_loopback(std::string_view host) {
  const bool is_ipv4 = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "[::1]" || (is_ipv4 && host.starts_with("127."));
}

}  // namespace dkr
