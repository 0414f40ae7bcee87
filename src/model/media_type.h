// The media types of manifests, of the OCI image spec (media-types.md) and of Docker
// (github.com/distribution/distribution, docs/spec/manifest-v2-2.md and -v2-1).
#pragma once

#include <cstdint>
#include <string_view>

namespace dkr {

/// The cache stores these numbers: new ones come last.
enum class MediaType : std::uint8_t {
  kUnknown,  ///< of an image whose source tells no media type
  kOciIndex,
  kOciManifest,
  kDockerList,
  kDockerManifest,
  kDockerSchema1,
  kDockerSchema1Signed,
};

/// `application/vnd.oci.image.index.v1+json` and the like; empty for kUnknown.
std::string_view to_string(MediaType type);

/// The media type that is written so, in lower case; kUnknown for any other text.
MediaType parse_media_type(std::string_view text);

/// Whether manifests of this type are lists of other manifests.
constexpr bool is_index(MediaType type) {
  return type == MediaType::kOciIndex || type == MediaType::kDockerList;
}

}  // namespace dkr
