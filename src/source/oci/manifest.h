// What registries say of an image: manifests, indexes and configs, of the OCI image spec and of
// Docker (github.com/distribution/distribution, docs/spec/manifest-v2-2.md and -v2-1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/world.h"
#include "model/platform.h"

namespace dkr {

/// The Accept header that offers every kind below; without it registries convert or refuse.
extern const char* const kAcceptManifests;

/// One of the images that an index is about.
struct IndexEntry {
  std::string digest;
  Platform platform;  ///< os and architecture empty when the index does not say
};

struct Manifest {
  /// Of an index: its images in its order, without what are attestations. Absent for an image.
  std::optional<std::vector<IndexEntry>> entries;

  /// Of an image: the digest of its config; absent in schema 1, which has none.
  std::optional<std::string> config_digest;
  /// Whether that config is an image config, which says when the image was created.
  enum class ConfigKind { kImage, kOther } config_kind = ConfigKind::kOther;
  /// The bytes that a pull transfers: config and layers, each once. Absent in schema 1.
  std::optional<std::uint64_t> size;
  /// When the image was created, as far as the manifest itself says so.
  std::optional<Time> created;
};

/// Reads `body`, whose Content-Type is `content_type`, perhaps with parameters. Throws Error
/// kMalformed when it is no manifest, contradicts itself, or has a digest or a size that cannot be.
Manifest parse_manifest(std::string_view body, std::string_view content_type);

/// The `created` of an image config; absent when there is none, or it is Go's zero time. Throws
/// Error kMalformed when `body` is no config.
std::optional<Time> parse_config_created(std::string_view body);

/// The entries of an index in the order in which to try them: those for `wanted`, the most suitable
/// first, then those for other platforms, then those for none, each in the order of the index.
std::vector<IndexEntry> by_suitability(std::vector<IndexEntry> entries, const Platform& wanted);

}  // namespace dkr
