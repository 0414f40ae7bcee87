#include "base/digest.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

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
constexpr std::uint8_t kNoDigit = 0xFF;

/// The value of each character as a lower-case hexadecimal digit.
constexpr std::array<std::uint8_t, 256> kHexValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::size_t i = 0; i < kHexDigits.size(); ++i) {
    values[static_cast<unsigned char>(kHexDigits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

std::uint8_t hex_value(char c) { return kHexValues[static_cast<unsigned char>(c)]; }

/// Whether `text` is a SHA-256 digest, whose bytes are then in `bytes`.
bool decode_sha256(std::string_view text, std::array<std::uint8_t, 32>& bytes) {
  if (text.size() != kSha256.size() + 2 * bytes.size() || !text.starts_with(kSha256)) return false;
  const char* digits = text.data() + kSha256.size();
  unsigned all = 0;
  for (std::uint8_t& byte : bytes) {
    const unsigned high = hex_value(*digits++);
    const unsigned low = hex_value(*digits++);
    all |= high | low;
    byte = static_cast<std::uint8_t>(high << 4 | low);
  }
  return all < 16;
}

std::string hex(std::span<const std::uint8_t> bytes) {
  std::string result;
  result.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    result += kHexDigits[byte >> 4];
    result += kHexDigits[byte & 0xFU];
  }
  return result;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) { return hex_digest(bytes, EVP_sha256()); }

bool is_digest(std::string_view text) {
  const Algorithm* const algorithm = algorithm_of(text);
  if (algorithm == nullptr) return false;
  const std::string_view digits = text.substr(algorithm->prefix.size());
  return digits.size() == algorithm->digits &&
         std::ranges::all_of(digits, [](char c) { return hex_value(c) != kNoDigit; });
}

bool matches_digest(std::string_view bytes, std::string_view digest) {
  const Algorithm* const algorithm = algorithm_of(digest);
  return algorithm != nullptr &&
         hex_digest(bytes, algorithm->implementation()) == digest.substr(algorithm->prefix.size());
}

Digest::Digest(std::string_view text) : bytes_{} {
  if (!decode_sha256(text, bytes_)) set_text(new std::string(text));
}

Digest::Digest(const Digest& other) : bytes_(other.bytes_) {
  if (other.is_text_) set_text(new std::string(*other.text_pointer()));
}

const std::string* Digest::text_pointer() const {
  const std::string* text = nullptr;
  std::memcpy(&text, bytes_.data(), sizeof text);
  return text;
}

void Digest::set_text(const std::string* text) {
  bytes_ = {};
  std::memcpy(bytes_.data(), &text, sizeof text);
  is_text_ = true;
}

std::string Digest::text() const {
  return is_text_ ? *text_pointer() : std::string(kSha256) + hex(bytes_);
}

std::string Digest::short_text() const {
  constexpr std::size_t kLength = 12;
  if (!is_text_) return hex(std::span(bytes_).first(kLength / 2));
  std::string_view text = *text_pointer();
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    text.remove_prefix(colon + 1);
  }
  return std::string(text.substr(0, kLength));
}

std::string_view Digest::sha256_bytes() const {
  if (is_text_) return {};
  // NOLINTNEXTLINE(*-reinterpret-cast): bytes as characters
  return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
}

std::strong_ordering operator<=>(const Digest& a, const Digest& b) {
  if (a.is_text_ != b.is_text_) return a.is_text_ <=> b.is_text_;
  return a.is_text_ ? *a.text_pointer() <=> *b.text_pointer() : a.bytes_ <=> b.bytes_;
}

}  // namespace dkr

std::size_t std::hash<dkr::Digest>::operator()(const dkr::Digest& digest) const noexcept {
  return std::hash<std::string_view>()(digest.is_text_ ? std::string_view(*digest.text_pointer())
                                                       : digest.sha256_bytes());
}
