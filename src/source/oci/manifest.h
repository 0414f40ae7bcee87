// Parses manifests, indexes and configs of the OCI image spec and of Docker
// (github.com/distribution/distribution, docs/spec/manifest-v2-2.md and manifest-v2-1.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/time.h"
#include "model/listing.h"
#include "model/media_type.h"
#include "model/platform.h"

namespace dkr {

/// The Accept header for every supported media type. Without it, registries convert manifests or
/// refuse the request.
extern const char* const kAcceptManifests;

/// An entry of an index.
struct Descriptor {
  Digest digest;
  Platform platform;  ///< empty when the index does not specify it
};

struct Manifest {
  /// kUnknown when neither the store nor the manifest specifies it.
  MediaType media_type = MediaType::kUnknown;
  /// For an index: its manifests in its order, without attestations. Absent for an image.
  std::optional<std::vector<Descriptor>> entries;

  /// For an image: the digest of its config. Absent in schema 1, which has no config.
  std::optional<Digest> config_digest;
  /// Whether the config is an image config, which contains the date of creation.
  enum class ConfigKind { kImage, kOther } config_kind = ConfigKind::kOther;
  /// For an image: the bytes that a pull transfers, which are the config and the distinct layers.
  /// Absent in schema 1.
  std::optional<std::uint64_t> size;
  /// When the image was created; absent when the manifest itself does not specify it.
  std::optional<Time> created;
  /// For an image: its config and layers, each once.
  std::vector<Blob> blobs;
};

/// Parses `body`, whose Content-Type is `content_type`, possibly with parameters. Throws Error
/// kMalformed when it is not a manifest, contradicts its Content-Type, or has an invalid digest or
/// size.
Manifest parse_manifest(std::string_view body, std::string_view content_type);

/// Throws Error kMalformed unless `digest` is the digest of `body`.
void require_digest(std::string_view body, const Digest& digest);

/// The data from an image config (OCI image spec, config.md) that is used.
struct ImageConfig {
  std::optional<Time> created;       ///< absent when it is missing or Go's zero time
  std::optional<Platform> platform;  ///< absent when it is missing
};

/// Parses an image config. Throws Error kMalformed when `body` is not a JSON object or has an
/// invalid date.
ImageConfig parse_config(std::string_view body);

/// Sorts the entries of an index in the order in which to try them: those that match `wanted`, best
/// match first, then other platforms, then entries without a platform. Otherwise keeps the order of
/// the index.
std::vector<Descriptor> by_platform_match(std::vector<Descriptor> entries, const Platform& wanted);

}  // namespace dkr
