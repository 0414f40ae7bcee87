// Base64 (RFC 4648, section 4), using OpenSSL's libcrypto.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dkr {

std::string base64_encode(std::string_view bytes);

/// The decoded bytes; absent when `text` is not valid base64. Padding is required.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace dkr
