// Base64 (RFC 4648, section 4), by OpenSSL's libcrypto.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dkr {

std::string base64_encode(std::string_view bytes);

/// The bytes that `text` stands for; absent when it is not base64, padding included.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace dkr
