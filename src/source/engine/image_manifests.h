// Reads what an engine with containerd's image store tells of the manifests of an image.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "model/platform.h"

namespace dkr {

/// One of an image's manifests, with views into the JSON text.
struct ManifestSummary {
  std::string_view digest;
  /// Empty unless the engine holds an image for a platform: it also tells of attestations, and of
  /// platforms that were not pulled.
  Platform platform;
  /// In bytes: what the engine stores and has unpacked of it.
  std::int64_t size = 0;
};

/// The manifests in `image`, an image summary with `Manifests` (Engine API 1.47). Those without a
/// valid digest are left out.
std::vector<ManifestSummary> read_manifests(const json::Value& image);

}  // namespace dkr
