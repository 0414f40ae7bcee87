// What indexes of the OCI image spec (image-index.md) contain.
#pragma once

#include <unordered_map>
#include <vector>

#include "base/digest.h"

namespace dkr {

/// The manifests that an index lists, in its order.
struct IndexContent {
  std::vector<Digest> manifests;     ///< of images, and of further indexes
  std::vector<Digest> attestations;  ///< and others that no platform runs

  friend bool operator==(const IndexContent&, const IndexContent&) = default;
};

/// By the digest of an index. What is in the table is there with all indexes below it.
using IndexTable = std::unordered_map<Digest, IndexContent>;

/// The manifests of images in the index `digest`, each once and in order, those of indexes in it
/// taking their place; `digest` itself if it is no index in the table.
std::vector<Digest> images_below(const IndexTable& indexes, const Digest& digest);

/// `digest`, and everything that it lists if it is an index, at any depth, attestations too; each
/// once.
std::vector<Digest> all_below(const IndexTable& indexes, const Digest& digest);

/// Adds the index `digest` and the indexes below it to `to`.
void copy_indexes(const IndexTable& from, const Digest& digest, IndexTable& to);

}  // namespace dkr
