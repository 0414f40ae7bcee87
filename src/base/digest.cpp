#include "base/digest.h"

#include <algorithm>
#include <span>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include "base/eight_bytes.h"
#include "base/hash.h"

namespace dkr {
namespace {

constexpr std::string_view kSha256 = "sha256:";

struct Algorithm {
  std::string_view prefix;
  std::size_t digits;
  const EVP_MD* (*implementation)();
};
constexpr std::array<Algorithm, 3> kAlgorithms{
    {{kSha256, 64, EVP_sha256}, {"sha384:", 96, EVP_sha384}, {"sha512:", 128, EVP_sha512}}};

const Algorithm* algorithm_of(std::string_view digest) {
  const auto* const found = std::ranges::find_if(
      kAlgorithms, [&](const Algorithm& known) { return digest.starts_with(known.prefix); });
  return found == kAlgorithms.end() ? nullptr : found;
}

std::string hex_digest(std::string_view bytes, const EVP_MD* algorithm) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, algorithm, nullptr) != 1) {
    throw std::runtime_error("libcrypto cannot compute a digest");
  }
  return fmt::format("{:02x}", fmt::join(std::span(digest).first(size), ""));
}

constexpr std::string_view kHexDigits = "0123456789abcdef";

/// Sets the high bit of each of the eight characters in `word` that is a lower-case hexadecimal
/// digit, and clears all other bits.
std::uint64_t hex_digits_of(std::uint64_t word) {
  using eight_bytes::at_least, eight_bytes::kHighBits;
  const std::uint64_t low = word & ~kHighBits;
  const std::uint64_t is_decimal = at_least(low, '0') & ~at_least(low, '9' + 1);
  const std::uint64_t is_letter = at_least(low, 'a') & ~at_least(low, 'f' + 1);
  return (is_decimal | is_letter) & ~word;
}

/// Whether all of `digits`, whose number is a multiple of eight, are lower-case hexadecimal digits.
bool is_lower_hex(std::string_view digits) {
  std::uint64_t all = eight_bytes::kHighBits;
  for (std::size_t i = 0; i < digits.size(); i += 8) {
    all &= hex_digits_of(eight_bytes::load(digits.data() + i));
  }
  return all == eight_bytes::kHighBits;
}

/// The byte that two hexadecimal digits stand for. Both must be valid.
constexpr std::uint8_t byte_of(char high, char low) {
  const auto value = [](char c) { return (c & 0xF) + 9 * (c >> 6); };
  return static_cast<std::uint8_t>(value(high) << 4 | value(low));
}

bool is_sha256(std::string_view text) {
  constexpr std::size_t kDigestDigits = 64;
  return text.size() == kSha256.size() + kDigestDigits && text.starts_with(kSha256) &&
         is_lower_hex(text.substr(kSha256.size()));
}

template <std::size_t Count>
std::array<char, 2 * Count> hex(std::span<const std::uint8_t, Count> bytes) {
  std::array<char, 2 * Count> digits{};
  for (std::size_t i = 0; i < Count; ++i) {
    digits[2 * i] = kHexDigits[bytes[i] >> 4];
    digits[2 * i + 1] = kHexDigits[bytes[i] & 0xFU];
  }
  return digits;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) { return hex_digest(bytes, EVP_sha256()); }

bool is_digest(std::string_view text) {
  const Algorithm* const algorithm = algorithm_of(text);
  if (algorithm == nullptr) return false;
  const std::string_view digits = text.substr(algorithm->prefix.size());
  return digits.size() == algorithm->digits && is_lower_hex(digits);
}

bool matches_digest(std::string_view bytes, std::string_view digest) {
  const Algorithm* const algorithm = algorithm_of(digest);
  return algorithm != nullptr &&
         hex_digest(bytes, algorithm->implementation()) == digest.substr(algorithm->prefix.size());
}

Digest::Digest(std::string_view text) {
  if (!is_sha256(text)) {
    text_ = std::make_unique<const std::string>(text);
    return;
  }
  const char* digit = text.data() + kSha256.size();
  for (std::uint8_t& byte : sha256_) {
    byte = byte_of(digit[0], digit[1]);
    digit += 2;
  }
}

std::string Digest::text() const {
  if (text_) return *text_;
  const auto digits = hex(std::span(sha256_));
  return std::string(kSha256).append(digits.data(), digits.size());
}

std::string Digest::short_text() const {
  constexpr std::size_t kLength = 12;
  if (!text_) {
    const auto digits = hex(std::span(sha256_).first<kLength / 2>());
    return {digits.data(), digits.size()};
  }
  std::string_view text = *text_;
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    text.remove_prefix(colon + 1);
  }
  return std::string(text.substr(0, kLength));
}

std::string_view Digest::sha256_bytes() const {
  if (text_) return {};
  // NOLINTNEXTLINE(*-reinterpret-cast): bytes as characters
  return {reinterpret_cast<const char*>(sha256_.data()), sha256_.size()};
}

std::strong_ordering operator<=>(const Digest& a, const Digest& b) {
  if (a.text_ && b.text_) return *a.text_ <=> *b.text_;
  if (a.text_ || b.text_) {
    return a.text_ ? std::strong_ordering::greater : std::strong_ordering::less;
  }
  return a.sha256_ <=> b.sha256_;
}

}  // namespace dkr

std::size_t std::hash<dkr::Digest>::operator()(const dkr::Digest& digest) const noexcept {
  return dkr::KeyedHash()(digest.text_ ? std::string_view(*digest.text_) : digest.sha256_bytes());
}
