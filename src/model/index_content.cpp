#include "model/index_content.h"

#include <cstddef>
#include <unordered_set>
#include <utility>

namespace dkr {

std::vector<Digest> images_below(const IndexTable& indexes, const Digest& digest) {
  std::vector<Digest> images;
  std::vector<Digest> open = {digest};
  std::unordered_set<Digest> seen;
  while (!open.empty()) {
    Digest next = std::move(open.back());
    open.pop_back();
    if (!seen.insert(next).second) continue;
    const auto index = indexes.find(next);
    if (index == indexes.end()) {
      images.push_back(std::move(next));
    } else {
      const std::vector<Digest>& manifests = index->second.manifests;
      open.insert(open.end(), manifests.rbegin(), manifests.rend());
    }
  }
  return images;
}

std::vector<Digest> all_below(const IndexTable& indexes, const Digest& digest) {
  std::vector<Digest> all = {digest};
  std::unordered_set<Digest> seen = {digest};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto index = indexes.find(all[i]);
    if (index == indexes.end()) continue;
    for (const auto* const list : {&index->second.manifests, &index->second.attestations}) {
      for (const Digest& child : *list) {
        if (seen.insert(child).second) all.push_back(child);
      }
    }
  }
  return all;
}

void copy_indexes(const IndexTable& from, const Digest& digest, IndexTable& to) {
  if (to.contains(digest)) return;
  for (const Digest& below : all_below(from, digest)) {
    if (const auto index = from.find(below); index != from.end()) to.insert(*index);
  }
}

}  // namespace dkr
