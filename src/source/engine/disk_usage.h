// Reads what an engine tells of its disk usage (Docker Engine API, GET /system/df).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dkr {

/// What all images together take, in bytes: `ImageUsage.TotalSize`, before API 1.52 `LayersSize`.
/// Absent when `body` does not tell; podman 4 says 0 whatever there is. Throws Error kMalformed
/// when it is not a JSON object.
std::optional<std::uint64_t> read_total_size(std::string_view body);

}  // namespace dkr
