#include "net/proxy.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/base64.h"
#include "base/text.h"
#include "net/ip_address.h"
#include "net/url.h"

namespace dkr {
namespace {

/// Where a request goes.
struct Destination {
  std::string host;  // in lower case, an IPv6 address without brackets
  std::string port;
  std::optional<IpAddress> address;  // absent unless the host is an address
};

Destination destination_of(const std::string& url) {
  constexpr std::string_view kSeparator = "://";
  const std::string origin = origin_of(url);
  const std::size_t begin = std::min(origin.find(kSeparator) + kSeparator.size(), origin.size());
  const std::size_t colon = std::max(origin.rfind(':'), begin);
  Destination destination{origin.substr(begin, colon - begin), origin.substr(colon), {}};
  std::erase_if(destination.host, [](char c) { return c == '[' || c == ']'; });
  destination.port.erase(0, 1);
  destination.address = parse_ip_address(destination.host);
  return destination;
}

/// An entry of NO_PROXY without its port.
struct HostAndPort {
  std::string_view host;
  std::string_view port;  // empty: any
};

/// Splits `HOST:PORT` as Go's net.SplitHostPort does. What has not that form is a host as a whole,
/// also `[::1]` with its brackets.
HostAndPort split_port(std::string_view entry) {
  const HostAndPort whole{entry, ""};
  const std::size_t colon = entry.rfind(':');
  if (colon == std::string_view::npos) return whole;
  std::string_view host = entry.substr(0, colon);
  const bool has_brackets = host.starts_with('[') && host.ends_with(']');
  if (has_brackets) host = host.substr(1, host.size() - 2);
  if (host.find_first_of("[]") != std::string_view::npos) return whole;
  if (!has_brackets && host.find(':') != std::string_view::npos) return whole;
  return {host, entry.substr(colon + 1)};
}

/// Whether the entry of NO_PROXY, in lower case and without blanks, covers `destination`.
bool covers(std::string_view entry, const Destination& destination) {
  if (entry == "*") return true;
  if (const auto network = parse_ip_network(entry)) {
    return destination.address && contains(*network, *destination.address);
  }
  const auto [name, port] = split_port(entry);
  std::string_view host = name;
  if (host.empty() || (!port.empty() && port != destination.port)) return false;
  if (const auto address = parse_ip_address(host)) return address == destination.address;
  if (destination.address) return false;
  if (host.starts_with("*.")) host.remove_prefix(1);
  if (destination.host == host) return true;
  return destination.host.ends_with(host.starts_with('.') ? std::string(host)
                                                          : "." + std::string(host));
}

bool is_excepted(std::string_view no_proxy, const Destination& destination) {
  while (!no_proxy.empty()) {
    const std::string_view entry = no_proxy.substr(0, no_proxy.find(','));
    if (covers(to_lower(trim(entry)), destination)) return true;
    no_proxy.remove_prefix(std::min(entry.size() + 1, no_proxy.size()));
  }
  return false;
}

/// `proxy` as Go reads it, for curl, which has another default port, and resolves names itself for
/// socks5.
std::string normalized(std::string_view proxy) {
  struct Scheme {
    std::string_view prefix;
    std::string_view curl_prefix;
    std::string_view port;
  };
  constexpr std::array<Scheme, 4> kSchemes = {{{"http://", "http://", ":80"},
                                               {"https://", "https://", ":443"},
                                               {"socks5://", "socks5h://", ":1080"},
                                               {"socks5h://", "socks5h://", ":1080"}}};
  const auto* scheme = std::ranges::find_if(kSchemes, [&](const Scheme& known) {
    return to_lower(proxy.substr(0, known.prefix.size())) == known.prefix;
  });
  if (scheme == kSchemes.end()) {
    scheme = kSchemes.begin();
  } else {
    proxy.remove_prefix(scheme->prefix.size());
  }
  std::string_view authority = proxy.substr(0, proxy.find_first_of("/?#"));
  if (authority.ends_with(':')) authority.remove_suffix(1);
  const std::string_view host =
      authority.substr(authority.rfind('@') + 1);  // all of it without a user
  const bool has_port = host.find(':') != std::string_view::npos && !host.ends_with(']');
  return std::string(scheme->curl_prefix)
      .append(authority)
      .append(has_port ? std::string_view() : scheme->port);
}

}  // namespace

std::string find_proxy(const std::string& url, const Environment& environment) {
  const auto either = [&](const char* upper, const char* lower) {
    const auto value = environment.get(upper);
    return value ? *value : environment.get(lower).value_or("");
  };
  const bool is_https = url.starts_with("https:");
  const std::string proxy =
      is_https ? either("HTTPS_PROXY", "https_proxy") : either("HTTP_PROXY", "http_proxy");
  if (proxy.empty()) return "";
  const Destination destination = destination_of(url);
  const bool is_here =
      destination.host == "localhost" || (destination.address && is_loopback(*destination.address));
  if (is_here || is_excepted(either("NO_PROXY", "no_proxy"), destination)) return "";
  return normalized(proxy);
}

void hide_proxy_passwords(const Environment& environment, MaskedOutput& output) {
  for (const char* const name : {"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"}) {
    const std::string proxy = normalized(environment.get(name).value_or(""));
    const std::size_t begin = proxy.find("://") + 3;
    const std::size_t at = proxy.rfind('@');
    if (at == std::string::npos) continue;
    const std::string user_info = proxy.substr(begin, at - begin);
    const std::string decoded = percent_decoded(user_info).value_or(user_info);
    output.hide(base64_encode(decoded));  // as in Proxy-Authorization
    for (const std::string& text : {user_info, decoded}) {
      const std::size_t colon = text.find(':');
      if (colon != std::string::npos) output.hide(std::string_view(text).substr(colon + 1));
    }
  }
}

}  // namespace dkr
