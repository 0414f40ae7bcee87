#include "source/oci/repository_memory.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace dkr {

RepositoryMemory::RepositoryMemory(ImageCache& cache, CacheScope scope, const Query& query)
    : cache_(cache), scope_(std::move(scope)), query_(query) {}

const CachedRepository& RepositoryMemory::known() {
  if (std::exchange(is_loaded_, true)) return known_;
  known_ = cache_.load(scope_);
  if (query_.content == Content::kBlobs) {
    incomplete_ = indexes_with_unknown(known_.indexes, [&](const Digest& digest) {
      return known_.contents.by_manifest.contains(digest);
    });
  }
  return known_;
}

std::optional<Digest> RepositoryMemory::guess(std::string_view tag) {
  const auto entry = known().tags.find(tag);
  if (entry == known_.tags.end() || !is_complete(entry->second)) return std::nullopt;
  return entry->second;
}

const CachedImage* RepositoryMemory::image(const Digest& digest) {
  const auto found = known().images.find(digest);
  if (found == known_.images.end() || (query_.dates && !found->second.is_dated)) return nullptr;
  return &found->second;
}

bool RepositoryMemory::is_complete(const Digest& digest) {
  const CachedImage* const root = image(digest);
  if (root == nullptr) return false;
  if (!needs_indexes(query_)) return true;
  const bool is_index = known_.indexes.contains(digest);
  if (!is_index && !is_image(root->media_type)) return false;
  if (query_.content == Content::kBlobs &&
      (incomplete_.contains(digest) || !known_.contents.by_manifest.contains(digest))) {
    return false;
  }
  return !is_index || query_.platforms == Platforms::kOne ||
         std::ranges::all_of(images_below(known_.indexes, digest),
                             [&](const Digest& below) { return image(below) != nullptr; });
}

void RepositoryMemory::note_image(const Digest& digest, CachedImage image) {
  const auto keep_of = [&](const CachedImage& known) {
    const MediaType told = image.media_type;
    if (!image.is_dated && known.is_dated) image = known;
    image.media_type = told != MediaType::kUnknown ? told : known.media_type;
  };
  if (const auto known = known_.images.find(digest); known != known_.images.end()) {
    keep_of(known->second);
  }
  const auto [noted, is_new] = updates_.images.try_emplace(digest, image);
  if (is_new) return;
  keep_of(noted->second);
  noted->second = std::move(image);
}

void RepositoryMemory::note_index(const Digest& digest, MediaType media_type) {
  CachedImage index{digest};
  index.media_type = media_type;
  updates_.images.insert_or_assign(digest, std::move(index));
}

void RepositoryMemory::note_tag(const std::string& tag, const Digest& digest) {
  updates_.tags.insert_or_assign(tag, digest);
}

void RepositoryMemory::note_tag(const std::string& tag, const Digest& digest,
                                const Listing& listing, const ContentsBuilder& builder) {
  note_tag(tag, digest);
  copy_indexes(listing.indexes, digest, updates_.indexes);
  if (query_.content != Content::kBlobs) return;
  if (!noted_) noted_.emplace(listing.indexes);
  noted_->from(digest, [&](const Digest& below, const IndexContent*) {
    note_contents(below, listing, builder);
  });
}

/// A blob whose size is contradicted would be stored with a size that its manifest does not tell.
void RepositoryMemory::note_contents(const Digest& digest, const Listing& listing,
                                     const ContentsBuilder& builder) {
  const auto content = listing.contents.by_manifest.find(digest);
  if (content == listing.contents.by_manifest.end()) return;
  if (!builder.is_consistent(content->second)) return;
  std::vector<Blob>& blobs = updates_.contents.blobs;
  std::vector<std::uint32_t>& positions = updates_.contents.by_manifest[digest];
  for (const std::uint32_t blob : content->second) {
    positions.push_back(static_cast<std::uint32_t>(blobs.size()));
    blobs.push_back(listing.contents.blobs[blob]);
  }
}

void RepositoryMemory::store(std::optional<std::span<const std::string>> current_tags) {
  if (updates_.tags.empty()) return;
  cache_.store(scope_, updates_, current_tags);
  updates_ = {};
}

void RepositoryMemory::store_if_much() {
  constexpr std::size_t kMuch = 1000;  // tags
  if (updates_.tags.size() >= kMuch) store(std::nullopt);
}

}  // namespace dkr
