#include "net/host.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <system_error>

#include "base/text.h"

namespace dkr {
namespace {

/// Whether `text` looks like a host name, an IPv4 address, or an IPv6 address in brackets with an
/// optional zone. Excludes all characters that could change the meaning of a URL.
bool is_host(std::string_view text) {
  const auto is_name = [](std::string_view name) {
    return std::ranges::all_of(
        name, [](char c) { return is_alphanumeric(c) || c == '.' || c == '-' || c == '_'; });
  };
  if (text.starts_with('[') && text.ends_with(']')) {
    text = text.substr(1, text.size() - 2);
    if (const std::size_t percent = text.find('%'); percent != std::string_view::npos) {
      const std::string_view zone = text.substr(percent + 1);
      if (zone.empty() || !is_name(zone)) return false;
      text = text.substr(0, percent);
    }
    return !text.empty() &&
           text.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  }
  return is_name(text);
}

std::optional<int> parse_port(std::string_view digits) {
  constexpr int kMaxPort = 65535;
  int port = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc() || rest != end || port < 1 || port > kMaxPort) return std::nullopt;
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
