#include "source/oci/packed_bytes.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace dkr {
namespace {

constexpr std::size_t kNumberBytes = 8;

}  // namespace

void pack_number(std::uint64_t number, std::string& packed) {
  for (std::size_t i = 0; i < kNumberBytes; ++i) {
    packed += static_cast<char>(number >> (8 * i) & 0xFF);
  }
}

void pack_text(std::string_view text, std::string& packed) {
  packed += static_cast<char>(text.size());
  packed += text;
}

void pack_digest(const Digest& digest, std::string& packed) {
  const std::string_view bytes = digest.sha256_bytes();
  if (bytes.empty()) return pack_text(digest.text(), packed);
  pack_text(bytes, packed);
}

std::optional<std::uint64_t> unpack_number(std::string_view& packed) {
  if (packed.size() < kNumberBytes) return std::nullopt;
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < kNumberBytes; ++i) {
    number |= std::uint64_t{static_cast<std::uint8_t>(packed[i])} << (8 * i);
  }
  packed.remove_prefix(kNumberBytes);
  return number;
}

std::optional<std::string_view> unpack_text(std::string_view& packed) {
  if (packed.empty()) return std::nullopt;
  const std::size_t length = static_cast<std::uint8_t>(packed.front());
  if (packed.size() - 1 < length) return std::nullopt;
  const std::string_view text = packed.substr(1, length);
  packed.remove_prefix(1 + length);
  return text;
}

std::optional<Digest> unpack_digest(std::string_view& packed) {
  const auto bytes = unpack_text(packed);
  if (!bytes) return std::nullopt;
  std::array<std::uint8_t, 32> sha256{};
  if (bytes->size() == sha256.size()) {
    std::ranges::copy(*bytes, sha256.begin());
    return Digest(sha256);
  }
  return is_digest(*bytes) ? std::optional<Digest>(*bytes) : std::nullopt;
}

}  // namespace dkr
