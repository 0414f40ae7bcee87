#include "model/contents.h"

#include <algorithm>

namespace dkr {

void ContentsBuilder::add(const Digest& digest, std::span<const Blob> blobs) {
  const auto [entry, is_new] = contents_.by_manifest.try_emplace(digest);
  if (!is_new) return;
  entry->second.reserve(blobs.size());
  for (const Blob& blob : blobs) entry->second.push_back(position_of(blob));
}

void ContentsBuilder::copy(const Contents& from, const Digest& digest) {
  const auto known = from.by_manifest.find(digest);
  if (known == from.by_manifest.end()) return;
  const auto [entry, is_new] = contents_.by_manifest.try_emplace(digest);
  if (!is_new) return;
  entry->second.reserve(known->second.size());
  for (const std::uint32_t blob : known->second) {
    entry->second.push_back(position_of(from.blobs[blob]));
  }
}

std::uint32_t ContentsBuilder::position_of(const Blob& blob) {
  std::vector<Blob>& blobs = contents_.blobs;
  const auto position = static_cast<std::uint32_t>(blobs.size());
  blobs.push_back(blob);
  const std::uint32_t known = blobs_.insert(position);
  if (known == position) return known;
  blobs.pop_back();
  if (blobs[known].size != blob.size) contradicted_.insert(known);
  blobs[known].size = std::max(blobs[known].size, blob.size);
  return known;
}

bool ContentsBuilder::is_consistent(const std::vector<std::uint32_t>& manifest) const {
  return contradicted_.empty() || std::ranges::none_of(manifest, [&](std::uint32_t blob) {
           return contradicted_.contains(blob);
         });
}

}  // namespace dkr
