#include "source/oci/tag_rows.h"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

namespace dkr {
namespace {

/// Whether nothing below `index` has to be read to know what it lists.
bool is_flat(const Manifest& index) {
  const auto is_image_entry = [](const Descriptor& entry) { return is_image(entry.media_type); };
  return std::ranges::all_of(*index.entries, is_image_entry) &&
         std::ranges::all_of(index.attestations, is_image_entry);
}

bool is_whole(const TaggedImages& tagged) {
  return !tagged.gap && std::ranges::none_of(tagged.images, [](const ResolvedImage& image) {
    return image.failure.has_value();
  });
}

}  // namespace

void TagRows::add_digest(const std::string& repository, const std::string& tag,
                         const Digest& digest) {
  Image image;
  image.digest = digest;
  const std::uint32_t position = resolver_.add(std::move(image));
  add_row(repository, tag, position, std::span(&digest, 1), MediaType::kUnknown);
}

void TagRows::add_known(const std::string& repository, RepositoryMemory& memory,
                        const std::string& tag, const Digest& digest) {
  const CachedRepository& known = memory.known();
  const CachedImage& cached = known.images.at(digest);
  copy_indexes(known.indexes, digest, listing_.indexes);
  if (query_.content == Content::kBlobs) {
    memory.recall(digest,
                  [&](const Digest& below) { builder_.contents().copy(known.contents, below); });
  }
  std::vector<Digest> leaves;
  if (query_.platforms == Platforms::kAll) leaves = images_below(known.indexes, digest);
  if (leaves.empty() || leaves.front() == digest) {
    const std::uint32_t image = add_image(cached, known.indexes);
    return add_row(repository, tag, image, std::span(&digest, 1), cached.media_type);
  }
  for (const Digest& leaf : leaves) {
    const std::uint32_t image = add_image(known.images.at(leaf), known.indexes);
    add_row(repository, tag, image, std::array{digest, leaf}, cached.media_type);
  }
}

Task<TaggedImages> TagRows::read(std::string repository, RepositoryMemory& memory, Digest digest,
                                 Manifest manifest) {
  recall(memory, digest);
  TaggedImages tagged;
  tagged.media_type = manifest.media_type;
  const bool is_index = manifest.entries.has_value();
  if (is_index && (needs_indexes(query_) || (query_.keeps_indexes && is_flat(manifest)))) {
    Manifest index = manifest;
    tagged.gap = co_await resolver_.note_indexes(repository, digest, std::move(index));
    if (tagged.gap && tagged.gap->kind() == ErrorKind::kOutOfPulls) throw Error(*tagged.gap);
  }
  if (is_index && query_.platforms == Platforms::kAll) {
    tagged.images = co_await resolver_.resolve_all(repository, std::move(*manifest.entries));
    manifest.entries.emplace();
    tagged.rows = TaggedImages::Rows::kEach;
    if (!tagged.images.empty()) co_return tagged;
    tagged.rows = TaggedImages::Rows::kOne;  // an index of attestations, or of a cache
  }
  try {
    ResolvedImage resolved = co_await resolver_.resolve(repository, digest, std::move(manifest));
    tagged.images.push_back(std::move(resolved));
  } catch (const Error& error) {
    if (!tagged.gap || error.kind() == ErrorKind::kOutOfPulls) throw;
    Image unknown;
    unknown.digest = digest;
    const std::uint32_t position = builder_.image(std::move(unknown));
    tagged.images.push_back({position, ResolvedImage::Validity::kNow});
  }
  co_return tagged;
}

Task<std::optional<TaggedImages>> TagRows::read(std::string repository, RepositoryMemory& memory,
                                                Digest digest) {
  if (const auto known = read_.find(digest); known != read_.end()) co_return known->second;
  // What one repository fails to tell, another one may.
  SingleFlight<TaggedImages>& reads = reads_[repository];
  co_return co_await reads.get(digest, repository,
                               [&] { return fetch(repository, memory, digest); });
}

/// Absent when the store does not have the manifest.
Task<std::optional<TaggedImages>> TagRows::fetch(std::string repository, RepositoryMemory& memory,
                                                 Digest digest) {
  auto manifest = co_await resolver_.read_manifest(repository, digest);
  if (!manifest) co_return std::nullopt;
  TaggedImages tagged = co_await read(repository, memory, digest, std::move(*manifest));
  if (is_whole(tagged)) read_.try_emplace(std::move(digest), tagged);
  co_return tagged;
}

/// Takes from the cache what is known below `digest`, so that only the rest is asked for.
void TagRows::recall(RepositoryMemory& memory, const Digest& digest) {
  const CachedRepository& known = memory.known();
  if (const CachedImage* const image = memory.image(digest)) add_image(*image, known.indexes);
  memory.recall(digest, [&](const Digest& below) {
    if (known.indexes.contains(below)) return;  // something below it may have come
    if (query_.content == Content::kBlobs) builder_.contents().copy(known.contents, below);
    if (const CachedImage* const image = memory.image(below)) add_image(*image, known.indexes);
  });
}

/// The position of a cached image in the listing. An index that stands for no image is one of its
/// own, which the resolver must not take for a manifest.
std::uint32_t TagRows::add_image(const CachedImage& cached, const IndexTable& indexes) {
  const bool is_unknown = is_index(cached.media_type) || indexes.contains(cached.manifest);
  if (is_unknown && !cached.id && !cached.size) return builder_.image(image_of(cached));
  return resolver_.add(image_of(cached), cached.is_dated);
}

std::optional<Error> TagRows::add(const std::string& repository, RepositoryMemory& memory,
                                  const std::string& tag, const Digest& digest,
                                  const TaggedImages& tagged) {
  return tagged.rows == TaggedImages::Rows::kOne
             ? add_one(repository, memory, tag, digest, tagged)
             : add_each(repository, memory, tag, digest, tagged);
}

/// Adds the row of the image for one platform.
std::optional<Error> TagRows::add_one(const std::string& repository, RepositoryMemory& memory,
                                      const std::string& tag, const Digest& digest,
                                      const TaggedImages& tagged) {
  const ResolvedImage& resolved = tagged.images.front();
  if (!tagged.gap && resolved.validity == ResolvedImage::Validity::kForever) {
    memory.note_image(digest, cached_image(resolved.image, tagged.media_type));
    memory.note_tag(tag, digest, listing_, builder_.contents());
  }
  if (!needs_size(query_, listing_.images[resolved.image].size)) return std::nullopt;
  add_row(repository, tag, resolved.image, std::span(&digest, 1), tagged.media_type);
  if (tagged.gap) return tagged.gap;
  return query_.requires_image ? resolved.failure : std::nullopt;
}

/// Adds a row for each platform of the index that the tag points to.
std::optional<Error> TagRows::add_each(const std::string& repository, RepositoryMemory& memory,
                                       const std::string& tag, const Digest& digest,
                                       const TaggedImages& tagged) {
  std::optional<Error> failure = tagged.gap;
  bool is_lasting = !tagged.gap;
  std::unordered_set<std::uint32_t> listed;  // an index may list a manifest twice
  for (const ResolvedImage& resolved : tagged.images) {
    if (!listed.insert(resolved.image).second) continue;
    is_lasting = is_lasting && resolved.validity == ResolvedImage::Validity::kForever;
    if (resolved.failure) failure = resolved.failure;
    const Digest child = *listing_.images[resolved.image].digest;
    if (!needs_size(query_, listing_.images[resolved.image].size)) continue;
    add_row(repository, tag, resolved.image, std::array{digest, child}, tagged.media_type);
  }
  if (!is_lasting) return failure;
  for (const ResolvedImage& resolved : tagged.images) {
    const Digest manifest = *listing_.images[resolved.image].digest;
    memory.note_image(manifest, cached_image(resolved.image, MediaType::kUnknown));
  }
  memory.note_index(digest, tagged.media_type);
  memory.note_tag(tag, digest, listing_, builder_.contents());
  return failure;
}

void TagRows::add_row(const std::string& repository, const std::string& tag, std::uint32_t image,
                      std::span<const Digest> digests, MediaType media_type) {
  Row& row = listing_.rows.emplace_back();
  if (!repository.empty()) row.repository = builder_.repository(repository);
  row.image = image;
  row.tag = tag;
  row.media_type = media_type;
  for (const Digest& digest : digests) builder_.digest(row, digest);
}

CachedImage TagRows::cached_image(std::uint32_t image, MediaType media_type) const {
  const Image& known = listing_.images[image];
  CachedImage cached{*known.digest, known.id, known.created, known.size, media_type};
  if (known.platform) cached.platform = listing_.platforms[*known.platform];
  cached.is_dated = resolver_.is_dated(image);
  return cached;
}

Image TagRows::image_of(const CachedImage& cached) {
  Image image;
  image.id = cached.id;
  image.digest = cached.manifest;
  image.created = cached.created;
  image.size = cached.size;
  if (cached.platform) image.platform = builder_.platform(*cached.platform);
  return image;
}

}  // namespace dkr
