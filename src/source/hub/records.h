// What Docker Hub's own API tells of a tag.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/time.h"
#include "model/media_type.h"
#include "model/platform.h"

namespace dkr {

/// One image of a tag.
struct HubImage {
  std::optional<Digest> digest = {};       ///< of its manifest
  Platform platform = {};                  ///< unknown parts are empty, or `unknown`
  std::optional<std::uint64_t> size = {};  ///< the bytes that a pull transfers
  std::optional<Time> pushed = {};         ///< absent when unknown

  friend bool operator==(const HubImage&, const HubImage&) = default;
};

struct HubTag {
  std::string name;
  std::optional<Digest> digest = {};  ///< of the manifest or index
  MediaType media_type = MediaType::kUnknown;
  std::optional<std::uint64_t> size = {};  ///< of one of its images
  std::optional<Time> pushed = {};         ///< absent when unknown
  std::vector<HubImage> images = {};       ///< may be empty

  friend bool operator==(const HubTag&, const HubTag&) = default;
};

}  // namespace dkr
