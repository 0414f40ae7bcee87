// Base64 (RFC 4648, section 4), using OpenSSL's libcrypto.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dkr {

std::string base64_encode(std::string_view bytes);

/// The decoded bytes; absent when `lines` is not valid base64. Padding is required. Line ends count
/// for nothing, as in Go's encoding/base64.
std::optional<std::string> base64_decode(std::string_view lines);

}  // namespace dkr
