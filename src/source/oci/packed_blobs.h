// Blobs as the cache stores them: for each one its size and its digest, as in packed_bytes.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/contents.h"

namespace dkr {

/// Appends `blob`.
void pack(const Blob& blob, std::string& packed);

/// The blobs in `packed`, which may be anything; absent unless it is what pack() makes.
std::optional<std::vector<Blob>> unpack(std::string_view packed);

}  // namespace dkr
