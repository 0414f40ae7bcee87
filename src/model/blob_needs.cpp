#include "model/blob_needs.h"

#include <unordered_map>

namespace dkr {
namespace {

/// Hands the needs of manifests down to what is below them. The need of a manifest changes three
/// times at most, so this takes no longer for many tags that have much in common.
class NeedsOfManifests {
 public:
  explicit NeedsOfManifests(const Listing& listing) : listing_(listing) {}

  void add(const Digest& root, Need need) {
    join(root, need);
    while (!open_.empty()) {
      const auto& [digest, index] = *open_.back();
      open_.pop_back();
      const Need handed_down = needs_.at(&digest);
      for (const auto* const list : {&index.manifests, &index.attestations}) {
        for (const Digest& child : *list) join(child, handed_down);
      }
    }
  }

  [[nodiscard]] std::vector<Need> of_blobs() const {
    std::vector<Need> result(listing_.contents.blobs.size());
    for (const auto& [digest, need] : needs_) {
      const auto content = listing_.contents.by_manifest.find(*digest);
      if (content == listing_.contents.by_manifest.end()) continue;
      for (const std::uint32_t blob : content->second) result[blob].add(need);
    }
    return result;
  }

 private:
  void join(const Digest& digest, Need need) {
    const auto index = listing_.indexes.find(digest);
    const bool is_index = index != listing_.indexes.end();
    const Digest* key = nullptr;  // one address for each digest
    if (is_index) {
      key = &index->first;
    } else if (const auto content = listing_.contents.by_manifest.find(digest);
               content != listing_.contents.by_manifest.end()) {
      key = &content->first;
    } else {
      return;
    }
    Need& known = needs_[key];
    const Need before = known;
    known.add(need);
    if (is_index && known != before) open_.push_back(&*index);
  }

  const Listing& listing_;
  std::unordered_map<const Digest*, Need> needs_;
  std::vector<const IndexTable::value_type*> open_;
};

}  // namespace

std::vector<Need> needs_of_blobs(const Listing& listing, std::span<const NeededManifest> roots) {
  NeedsOfManifests needs(listing);
  for (const NeededManifest& root : roots) needs.add(*root.digest, root.need);
  return needs.of_blobs();
}

}  // namespace dkr
