// The media types of manifests, from the OCI image spec (media-types.md) and from Docker
// (github.com/distribution/distribution, docs/spec/manifest-v2-2.md and manifest-v2-1.md).
#pragma once

#include <cstdint>
#include <string_view>

namespace dkr {

/// The cache stores these numbers, so new ones must be added at the end.
enum class MediaType : std::uint8_t {
  kUnknown,  ///< the source does not report a media type
  kOciIndex,
  kOciManifest,
  kDockerList,
  kDockerManifest,
  kDockerSchema1,
  kDockerSchema1Signed,
  kOciArtifact,  ///< of release candidates of the OCI image spec 1.1 (artifact.md)
};

/// `application/vnd.oci.image.index.v1+json` and the like; empty for kUnknown.
std::string_view to_string(MediaType type);

/// The media type that `text`, in lower case, names; kUnknown for any other text.
MediaType parse_media_type(std::string_view text);

/// Whether manifests of this type list other manifests.
constexpr bool is_index(MediaType type) {
  return type == MediaType::kOciIndex || type == MediaType::kDockerList;
}

/// Whether manifests of this type describe an image or an artifact, and list no others.
constexpr bool is_image(MediaType type) { return type != MediaType::kUnknown && !is_index(type); }

}  // namespace dkr
