// Manifests, indexes and configs, of the OCI image spec and of Docker
// (github.com/distribution/distribution, docs/spec/manifest-v2-2.md and -v2-1).
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

/// The Accept header that offers every kind below; without it registries convert or refuse.
extern const char* const kAcceptManifests;

/// What an index says of one of its manifests.
struct Descriptor {
  Digest digest;
  Platform platform;  ///< os and architecture empty when the index does not say
};

struct Manifest {
  /// kUnknown when neither the store nor the manifest itself says.
  MediaType media_type = MediaType::kUnknown;
  /// Of an index: its manifests in its order, without attestations. Absent for an image.
  std::optional<std::vector<Descriptor>> entries;

  /// Of an image: the digest of its config; absent in schema 1, which has none.
  std::optional<Digest> config_digest;
  /// Whether that config is an image config, which says when the image was created.
  enum class ConfigKind { kImage, kOther } config_kind = ConfigKind::kOther;
  /// The bytes that a pull transfers: config and layers, each once. Absent in schema 1.
  std::optional<std::uint64_t> size;
  /// When the image was created, as far as the manifest itself says so.
  std::optional<Time> created;
  /// Of an image: config and layers, each once.
  std::vector<Blob> blobs;
};

/// Reads `body`, whose Content-Type is `content_type`, perhaps with parameters. Throws Error
/// kMalformed when it is no manifest, contradicts itself, or has an invalid digest or size.
Manifest parse_manifest(std::string_view body, std::string_view content_type);

/// The same, of the manifest with this digest. Also throws Error kMalformed when `body` does not
/// match it; the digest of a signed manifest of schema 1, which leaves its signatures out, is not
/// checked.
Manifest parse_manifest(std::string_view body, std::string_view content_type, const Digest& digest);

/// Throws Error kMalformed unless `digest` is that of `body`.
void require_digest(std::string_view body, const Digest& digest);

/// What an image config (OCI image spec, config.md) says of its image.
struct ImageConfig {
  std::optional<Time> created;       ///< absent when it does not say, or says Go's zero time
  std::optional<Platform> platform;  ///< absent when it does not say
};

/// Reads an image config. Throws Error kMalformed when `body` is no config.
ImageConfig parse_config(std::string_view body);

/// The entries of an index in the order in which to try them: those for `wanted`, the best match
/// first, then those for other platforms, then those without one, each in the order of the index.
std::vector<Descriptor> by_platform_match(std::vector<Descriptor> entries, const Platform& wanted);

}  // namespace dkr
