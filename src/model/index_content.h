// What an index of the OCI image spec (image-index.md) contains.
#pragma once

#include <vector>

#include "base/digest.h"

namespace dkr {

/// The manifests that an index lists, in its order.
struct IndexContent {
  std::vector<Digest> manifests;     ///< of images, and of further indexes
  std::vector<Digest> attestations;  ///< and others that no platform runs

  friend bool operator==(const IndexContent&, const IndexContent&) = default;
};

}  // namespace dkr
