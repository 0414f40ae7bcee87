// What indexes of the OCI image spec (image-index.md) contain.
#pragma once

#include <functional>
#include <unordered_map>
#include <unordered_set>
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

/// Adds the index `digest` and the indexes below it to `to`.
void copy_indexes(const IndexTable& from, const Digest& digest, IndexTable& to);

/// The indexes below which something is, at any depth, for which `is_known` does not hold.
std::unordered_set<Digest> indexes_with_unknown(const IndexTable& indexes,
                                                const std::function<bool(const Digest&)>& is_known);

/// Walks down from manifests and indexes, to each one only once.
class IndexWalk {
 public:
  enum class To { kEverything, kImages };  ///< kImages: not to attestations

  /// `indexes` must outlive this object.
  explicit IndexWalk(const IndexTable& indexes, To to = To::kEverything)
      : indexes_(&indexes), to_(to) {}

  /// Calls `visit(digest, index)` with `digest` and everything below it that has not been visited
  /// yet; `index` is what it lists, or null.
  template <typename Visit>
  void from(const Digest& digest, Visit visit) {
    open_.push_back(&digest);
    while (!open_.empty()) {
      const Digest& next = *open_.back();
      open_.pop_back();
      if (!seen_.insert(next).second) continue;
      const auto found = indexes_->find(next);
      const IndexContent* const index = found == indexes_->end() ? nullptr : &found->second;
      visit(next, index);
      if (index == nullptr) continue;
      add(index->manifests);
      if (to_ == To::kEverything) add(index->attestations);
    }
  }

 private:
  void add(const std::vector<Digest>& digests) {
    for (const Digest& digest : digests) open_.push_back(&digest);
  }

  const IndexTable* indexes_;
  To to_;
  std::unordered_set<Digest> seen_;
  std::vector<const Digest*> open_;
};

}  // namespace dkr
