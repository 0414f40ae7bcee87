#include "model/media_type.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace dkr {
namespace {

/// In the order of MediaType.
constexpr std::array<std::string_view, 8> kMediaTypes{
    "",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
    "application/vnd.oci.artifact.manifest.v1+json",
};

}  // namespace

std::string_view to_string(MediaType type) {
  return kMediaTypes.at(static_cast<std::size_t>(type));
}

MediaType parse_media_type(std::string_view text) {
  const auto* const found = std::ranges::find(kMediaTypes, text);
  return found == kMediaTypes.end() ? MediaType::kUnknown
                                    : static_cast<MediaType>(found - kMediaTypes.begin());
}

}  // namespace dkr
