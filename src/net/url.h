// URLs (RFC 3986), using libcurl's parser.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dkr {

/// Resolves `reference`, absolute or relative, against `base`. Absent when the result is not an
/// http or https URL, or contains a user name or password.
std::optional<std::string> resolve_url(const std::string& base, const std::string& reference);

/// The URL at the origin of `base` with the path and query of `reference`, whatever scheme and host
/// that names. Absent when the result is not valid, or `reference` has no absolute path.
std::optional<std::string> resolve_at_origin(const std::string& base, std::string_view reference);

/// Scheme, host (in lower case) and port of `url`, including a default port:
/// `https://example.com:443`. Empty when `url` is not valid.
std::string origin_of(const std::string& url);

/// The host of `url` in lower case, an IPv6 address in brackets; empty when `url` is not valid.
std::string host_of(const std::string& url);

/// `text` with percent-encoded characters decoded. Absent when an encoding is not valid.
std::optional<std::string> percent_decoded(std::string_view text);

/// `text` percent-encoded for use in a path or query.
std::string percent_encoded(std::string_view text);

}  // namespace dkr
