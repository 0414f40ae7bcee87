// Addresses on the web (RFC 3986), by libcurl.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dkr {

/// `reference`, absolute or relative, as seen from `base`; absent when the result is no http or
/// https URL, or holds a user name or a password.
std::optional<std::string> resolve_url(const std::string& base, const std::string& reference);

/// Scheme, host and port of `url`, the port always there: `https://example.com:443`; empty when
/// `url` is none.
std::string origin_of(const std::string& url);

/// The host of `url`, an IPv6 address in brackets; empty when `url` is none.
std::string host_of(const std::string& url);

/// `text` so that it stands for itself in a path or query.
std::string percent_encoded(std::string_view text);

}  // namespace dkr
