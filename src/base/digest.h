// Content digests (OCI image spec, descriptor.md), by OpenSSL's libcrypto.
#pragma once

#include <string>
#include <string_view>

namespace dkr {

/// The SHA-256 (FIPS 180-4) of `bytes` as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

/// Whether `text` is a digest that matches_digest() can check: `sha256:` and 64, or `sha512:` and
/// 128, lower-case hexadecimal digits.
bool is_digest(std::string_view text);

/// Whether `digest`, for which is_digest() holds, is the digest of `bytes`.
bool matches_digest(std::string_view bytes, std::string_view digest);

}  // namespace dkr
