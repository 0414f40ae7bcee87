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

void copy_indexes(const IndexTable& from, const Digest& digest, IndexTable& to) {
  std::vector<const Digest*> open = {&digest};
  while (!open.empty()) {
    const auto index = from.find(*open.back());
    open.pop_back();
    if (index == from.end() || !to.insert(*index).second) continue;
    for (const auto* const list : {&index->second.manifests, &index->second.attestations}) {
      for (const Digest& child : *list) open.push_back(&child);
    }
  }
}

std::unordered_set<Digest> indexes_with_unknown(
    const IndexTable& indexes, const std::function<bool(const Digest&)>& is_known) {
  std::unordered_map<Digest, std::vector<const Digest*>> parents;
  std::unordered_set<Digest> result;
  std::vector<const Digest*> open;
  for (const auto& [parent, index] : indexes) {
    if (!is_known(parent)) open.push_back(&parent);
    for (const auto* const list : {&index.manifests, &index.attestations}) {
      for (const Digest& child : *list) {
        if (!indexes.contains(child) && !is_known(child)) open.push_back(&parent);
        if (indexes.contains(child)) parents[child].push_back(&parent);
      }
    }
  }
  while (!open.empty()) {
    const Digest& digest = *open.back();
    open.pop_back();
    if (!result.insert(digest).second) continue;
    const auto above = parents.find(digest);
    if (above != parents.end()) open.insert(open.end(), above->second.begin(), above->second.end());
  }
  return result;
}

}  // namespace dkr
