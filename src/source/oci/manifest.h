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
  Platform platform;                           ///< empty when the index does not specify it
  MediaType media_type = MediaType::kUnknown;  ///< as the index declares it
};

struct Manifest {
  /// kUnknown when neither the store nor the manifest specifies it.
  MediaType media_type = MediaType::kUnknown;
  /// For an index: its manifests in its order, without attestations and without entries that are
  /// not manifests, such as the layers in a BuildKit cache. Absent for an image.
  std::optional<std::vector<Descriptor>> entries;
  /// For an index: attestations, and manifests for unknown platforms.
  std::vector<Descriptor> attestations;

  /// For an image: the digest of its config. Absent in schema 1 and in artifact manifests, which
  /// have no config.
  std::optional<Digest> config_digest;
  /// What the config may tell of the image. kImage: it is declared as an image config. kOther: it
  /// may be one all the same, as docker 1.10 declared them. kDateless: nothing, or there is none.
  enum class ConfigKind : std::uint8_t {
    kImage,
    kOther,
    kDateless
  } config_kind = ConfigKind::kDateless;
  /// For an image: the bytes that a pull transfers, which are the config and the distinct layers.
  /// Absent in schema 1.
  std::optional<std::uint64_t> size;
  /// When the image was created; absent when the manifest itself does not specify it.
  std::optional<Time> created;
  /// Why the date of creation in the manifest cannot be read; empty when it can, or is missing.
  std::string date_fault;
  /// For an image: its config and layers, each once, foreign layers with a size of 0, since stores
  /// do not hold them. For an index: its entries that are not manifests.
  std::vector<Blob> blobs;

  /// Whether it is of schema 1, where the digest does not cover the signatures.
  [[nodiscard]] bool is_schema_one() const { return !entries && !size; }
};

/// Parses `body`, whose Content-Type is `content_type`, possibly with parameters. Throws Error
/// kMalformed when it is not a manifest, contradicts its Content-Type, or has an invalid digest or
/// size.
Manifest parse_manifest(const std::string& body, std::string_view content_type);

/// Throws Error kMalformed unless `digest` is the digest of `body`.
void require_digest(std::string_view body, const Digest& digest);

/// The data from an image config (OCI image spec, config.md) that is used.
struct ImageConfig {
  std::optional<Time> created;       ///< absent when it is missing or Go's zero time
  std::optional<Platform> platform;  ///< absent when it is missing
};

/// Parses a config of this kind. Throws Error kMalformed when it has an invalid date, or is
/// declared as an image config and is not a JSON object.
ImageConfig parse_config(const std::string& body, Manifest::ConfigKind kind);

/// Sorts the entries of an index in the order in which to try them: those that match `wanted`, best
/// match first, then other platforms, then entries without a platform. Otherwise keeps the order of
/// the index.
std::vector<Descriptor> by_platform_match(std::vector<Descriptor> entries, const Platform& wanted);

}  // namespace dkr
