#include "source/oci/packed_blobs.h"

#include <utility>

#include "source/oci/packed_bytes.h"

namespace dkr {

void pack(const Blob& blob, std::string& packed) {
  pack_number(blob.size, packed);
  pack_digest(blob.digest, packed);
}

std::optional<std::vector<Blob>> unpack(std::string_view packed) {
  std::vector<Blob> blobs;
  while (!packed.empty()) {
    const auto size = unpack_number(packed);
    auto digest = size ? unpack_digest(packed) : std::nullopt;
    if (!digest) return std::nullopt;
    blobs.push_back({std::move(*digest), *size});
  }
  return blobs;
}

}  // namespace dkr
