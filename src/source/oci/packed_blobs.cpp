#include "source/oci/packed_blobs.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace dkr {
namespace {

constexpr std::size_t kSizeBytes = 8;
constexpr std::size_t kHeaderBytes = kSizeBytes + 1;

std::optional<Digest> read_digest(std::string_view bytes) {
  std::array<std::uint8_t, 32> sha256{};
  if (bytes.size() == sha256.size()) {
    std::ranges::copy(bytes, sha256.begin());
    return Digest(sha256);
  }
  return is_digest(bytes) ? std::optional<Digest>(bytes) : std::nullopt;
}

}  // namespace

void pack(const Blob& blob, std::string& packed) {
  for (std::size_t i = 0; i < kSizeBytes; ++i) {
    packed += static_cast<char>(blob.size >> (8 * i) & 0xFF);
  }
  std::string text;
  std::string_view digest = blob.digest.sha256_bytes();
  if (digest.empty()) digest = text = blob.digest.text();
  packed += static_cast<char>(digest.size());
  packed += digest;
}

std::optional<std::vector<Blob>> unpack(std::string_view packed) {
  std::vector<Blob> blobs;
  while (!packed.empty()) {
    if (packed.size() < kHeaderBytes) return std::nullopt;
    std::uint64_t size = 0;
    for (std::size_t i = 0; i < kSizeBytes; ++i) {
      size |= std::uint64_t{static_cast<std::uint8_t>(packed[i])} << (8 * i);
    }
    const std::size_t length = static_cast<std::uint8_t>(packed[kSizeBytes]);
    packed.remove_prefix(kHeaderBytes);
    if (packed.size() < length) return std::nullopt;
    auto digest = read_digest(packed.substr(0, length));
    if (!digest) return std::nullopt;
    blobs.push_back({std::move(*digest), size});
    packed.remove_prefix(length);
  }
  return blobs;
}

}  // namespace dkr
