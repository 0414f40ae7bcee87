#include "base/digest.h"

#include <array>
#include <cstddef>
#include <span>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

namespace dkr {
namespace {

constexpr std::string_view kSha256 = "sha256:";
constexpr std::string_view kSha512 = "sha512:";
constexpr std::size_t kSha256Digits = 64;
constexpr std::size_t kSha512Digits = 128;

std::string hex_digest(std::string_view bytes, const EVP_MD* algorithm) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, algorithm, nullptr) != 1) {
    throw std::runtime_error("libcrypto cannot compute a digest");
  }
  return fmt::format("{:02x}", fmt::join(std::span(digest).first(size), ""));
}

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) { return hex_digest(bytes, EVP_sha256()); }

bool is_digest(std::string_view text) {
  const auto is = [&](std::string_view algorithm, std::size_t digits) {
    return text.starts_with(algorithm) && text.size() == algorithm.size() + digits &&
           is_lower_hex(text.substr(algorithm.size()));
  };
  return is(kSha256, kSha256Digits) || is(kSha512, kSha512Digits);
}

bool matches_digest(std::string_view bytes, std::string_view digest) {
  const bool is_short = digest.starts_with(kSha256);
  return hex_digest(bytes, is_short ? EVP_sha256() : EVP_sha512()) ==
         digest.substr(is_short ? kSha256.size() : kSha512.size());
}

}  // namespace dkr
