#include "source/oci/resolver.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "model/filter.h"

namespace dkr {
namespace {

constexpr int kMaxIndexDepth = 4;
constexpr std::size_t kMaxTriedEntries = 64;
constexpr std::size_t kMaxPlatforms = 256;  // so that a few bytes cannot give any number of rows

Error too_deep() {
  return malformed(fmt::format("manifest: is an index over {} levels deep", kMaxIndexDepth));
}

/// Why nothing is known of a platform that an index lists.
Error missing(const Descriptor& entry) {
  const std::string platform = entry.platform.os.empty() ? "a platform" : to_string(entry.platform);
  return {ErrorKind::kMalformed, fmt::format("the index lists {}, but the manifest is gone: {}",
                                             platform, entry.digest.text())};
}

}  // namespace

ImageResolver::ImageResolver(BlobStore& store, const Query& query, Listing& listing,
                             ListingBuilder& builder)
    : store_(store),
      query_(query),
      listing_(listing),
      builder_(builder),
      by_manifest_(ManifestOf{listing}),
      by_config_(ConfigOf{listing}) {}

std::uint32_t ImageResolver::add(Image image, bool is_dated) {
  if (const auto known = find(*image.digest)) {
    if (is_dated && undated_.erase(*known) > 0) listing_.images[*known].created = image.created;
    if (image.platform) note_platform(*known, Platform(listing_.platforms[*image.platform]));
    return *known;
  }
  const std::uint32_t position = builder_.image(std::move(image));
  by_manifest_.insert(position);
  if (!is_dated) undated_.emplace(position, Manifest::ConfigKind::kImage);  // which nobody needs
  return position;
}

Task<ResolvedImage> ImageResolver::resolve(std::string repository, Digest digest,
                                           Manifest manifest) {
  if (manifest.entries) {
    co_return co_await resolve_index(std::move(repository), std::move(digest),
                                     std::move(*manifest.entries), 0);
  }
  Platform unknown;  // named, since g++ 12 destroys an aggregate twice that is made within co_await
  co_return co_await read_image(std::move(repository), std::move(digest), std::move(manifest),
                                std::move(unknown));
}

// kMaxIndexDepth bounds the recursion of these. NOLINTBEGIN(misc-no-recursion)
Task<ResolvedImage> ImageResolver::resolve_index(std::string repository, Digest digest,
                                                 std::vector<Descriptor> entries, int depth) {
  if (depth == kMaxIndexDepth) throw too_deep();
  auto validity = ResolvedImage::Validity::kForever;
  entries = by_platform_match(std::move(entries), query_.platform);
  const auto match_of = [&](const Descriptor& entry) {
    return platform_match(query_.platform, entry.platform);
  };
  const int best = entries.empty() ? 0 : match_of(entries.front());
  // Where the wanted platform is listed, another one would be a lie.
  if (best > 0 && (query_.is_platform_given || !store_.is_sparse())) {
    std::erase_if(entries, [&](const Descriptor& e) { return match_of(e) < best; });
  }
  if (entries.size() > kMaxTriedEntries) {
    entries.erase(entries.begin() + kMaxTriedEntries, entries.end());
  }
  for (const Descriptor& entry : entries) {
    auto child = co_await resolve_child(repository, entry, depth + 1);
    if (child) {
      if (validity == ResolvedImage::Validity::kNow) child->validity = validity;
      co_return *child;
    }
    validity = ResolvedImage::Validity::kNow;  // the store may get it later
  }
  Image unknown;
  unknown.digest = std::move(digest);
  if (best > 0) unknown.platform = builder_.platform(entries.front().platform);
  const std::uint32_t position = builder_.image(std::move(unknown));
  ResolvedImage resolved{position, validity};
  if (best > 0) resolved.failure = missing(entries.front());
  co_return resolved;
}

Task<std::vector<ResolvedImage>> ImageResolver::resolve_all(std::string repository,
                                                            std::vector<Descriptor> entries) {
  AllPlatforms found;
  co_await add_all(std::move(repository), std::move(entries), 0, found);
  co_return std::move(found.images);
}

Task<void> ImageResolver::add_all(std::string repository, std::vector<Descriptor> entries,
                                  int depth, AllPlatforms& found) {
  if (depth == kMaxIndexDepth) throw too_deep();
  for (Descriptor& entry : entries) {
    if (!found.seen.insert(entry.digest).second) continue;
    std::optional<Manifest> child;
    if (!find(entry.digest)) {
      child = co_await manifest(repository, entry.digest);
      if (child && child->entries) {
        co_await add_all(repository, std::move(*child->entries), depth + 1, found);
        continue;
      }
    }
    if (found.images.size() == kMaxPlatforms) {
      throw malformed(fmt::format("manifest: is an index of over {} platforms", kMaxPlatforms));
    }
    if (child || find(entry.digest)) {
      auto resolved = co_await resolve_child(repository, entry, depth + 1);
      if (resolved) found.images.push_back(std::move(*resolved));
      continue;
    }
    if (store_.is_sparse()) continue;
    Image unknown;
    unknown.digest = entry.digest;
    if (!entry.platform.os.empty()) unknown.platform = builder_.platform(entry.platform);
    const std::uint32_t position = builder_.image(std::move(unknown));
    found.images.push_back({position, ResolvedImage::Validity::kNow, missing(entry)});
  }
}

Task<std::optional<Error>> ImageResolver::note_indexes(std::string repository, Digest digest,
                                                       Manifest index, int depth) {
  if (depth == kMaxIndexDepth) throw too_deep();
  IndexContent content;
  for (const Descriptor& entry : *index.entries) content.manifests.push_back(entry.digest);
  for (const Descriptor& entry : index.attestations) content.attestations.push_back(entry.digest);
  std::vector<Descriptor> open = std::move(*index.entries);
  std::erase_if(open, [&](const Descriptor& entry) { return !needs(entry, Role::kImage); });
  std::erase_if(index.attestations,
                [&](const Descriptor& entry) { return !needs(entry, Role::kAttestation); });
  std::ranges::move(index.attestations, std::back_inserter(open));
  std::optional<Error> failure;
  for (const Descriptor& entry : open) {
    if (is_known(entry.digest)) continue;
    try {
      auto below = co_await note_below(repository, entry, depth + 1);
      if (!failure) failure = std::move(below);
    } catch (const Error& error) {
      if (query_.content != Content::kBlobs) throw;
      if (!failure) failure = error;
    }
  }
  if (query_.content == Content::kBlobs) builder_.contents().add(digest, index.blobs);
  // Last, so that what is in the table is there with all that it contains.
  listing_.indexes.try_emplace(std::move(digest), std::move(content));
  co_return failure;
}

Task<std::optional<Error>> ImageResolver::note_below(std::string repository, Descriptor entry,
                                                     int depth) {
  auto child = co_await manifest(repository, entry.digest);
  if (!child) co_return std::nullopt;
  if (child->entries) {
    co_return co_await note_indexes(std::move(repository), std::move(entry.digest),
                                    std::move(*child), depth);
  }
  if (query_.content == Content::kBlobs) add_manifest(entry.digest, *child, entry.platform);
  co_return std::nullopt;
}

/// Whether it is known what is below this manifest or index.
bool ImageResolver::is_known(const Digest& digest) const {
  return listing_.indexes.contains(digest) || listing_.contents.by_manifest.contains(digest);
}

/// Whether the query needs to know what is below an entry of an index: for blobs, each one; else
/// only indexes.
bool ImageResolver::needs(const Descriptor& entry, Role role) const {
  if (query_.content == Content::kBlobs) return true;
  if (role == Role::kAttestation) return is_index(entry.media_type);
  const auto known = find(entry.digest);
  const bool has_config = known && listing_.images[*known].id;
  return !is_image(entry.media_type) && !has_config;
}

/// An image may be part of several indexes, which say more or less of its platform than its config
/// does. What says most counts, whichever is read first.
void ImageResolver::note_platform(std::uint32_t image, const Platform& platform) {
  if (platform.os.empty()) return;
  const auto rank = [](const Platform& p) {
    std::string text = to_string(p);
    return std::pair(text.size(), std::move(text));
  };
  auto& known = listing_.images[image].platform;
  if (known && rank(listing_.platforms[*known]) >= rank(platform)) return;
  known = builder_.platform(platform);
}

/// Absent when the store does not have the manifest.
Task<std::optional<ResolvedImage>> ImageResolver::resolve_child(std::string repository,
                                                                Descriptor descriptor, int depth) {
  if (const auto image = find(descriptor.digest)) {
    note_platform(*image, descriptor.platform);
    co_return co_await with_date(std::move(repository), *image);
  }
  auto child = co_await manifest(repository, descriptor.digest);
  if (!child) co_return std::nullopt;
  if (child->entries) {
    co_return co_await resolve_index(std::move(repository), std::move(descriptor.digest),
                                     std::move(*child->entries), depth);
  }
  co_return co_await read_image(std::move(repository), std::move(descriptor.digest),
                                std::move(*child), std::move(descriptor.platform));
}
// NOLINTEND(misc-no-recursion)

/// `platform` is that of the image in its index, or empty.
Task<ResolvedImage> ImageResolver::read_image(std::string repository, Digest digest,
                                              Manifest manifest, Platform platform) {
  const std::uint32_t position = add_manifest(digest, manifest, platform);
  ResolvedImage resolved = co_await with_date(std::move(repository), position);
  if (!manifest.date_fault.empty()) {
    resolved.failure = malformed(manifest.date_fault);
    resolved.validity = ResolvedImage::Validity::kNow;
  }
  co_return resolved;
}

/// Adds the image that the manifest describes, without a date that only its config tells.
std::uint32_t ImageResolver::add_manifest(const Digest& digest, const Manifest& manifest,
                                          const Platform& platform) {
  using ConfigKind = Manifest::ConfigKind;
  const bool has_config = manifest.config_kind == ConfigKind::kImage ||
                          (manifest.config_kind == ConfigKind::kOther && !manifest.created);
  if (query_.content == Content::kBlobs && manifest.size) {
    builder_.contents().add(digest, manifest.blobs);
  }
  open_manifests_.erase(digest);
  if (const auto known = find(digest)) {
    note_platform(*known, platform);
    return *known;
  }
  Image image;
  image.digest = digest;
  image.id = manifest.config_digest;
  image.created = manifest.config_kind == ConfigKind::kImage ? std::nullopt : manifest.created;
  image.size = manifest.size;
  if (!platform.os.empty()) image.platform = builder_.platform(platform);
  const std::uint32_t position = add(std::move(image));
  if (has_config && needs_size(query_, manifest.size)) {
    undated_.emplace(position, manifest.config_kind);
  }
  return position;
}

/// The image at this position, after reading its config unless that has been done, or nobody needs
/// the date. Another repository may have a config that one lacks.
Task<ResolvedImage> ImageResolver::with_date(std::string repository, std::uint32_t image) {
  ResolvedImage resolved = result(image);
  const auto undated = undated_.find(image);
  if (undated == undated_.end() || !query_.dates) co_return resolved;
  const Digest digest = *listing_.images[image].id;
  try {
    ImageConfig found = co_await config(std::move(repository), digest, undated->second);
    Image& dated = listing_.images[image];
    dated.created = found.created;
    if (found.platform) note_platform(image, *found.platform);
    undated_.erase(image);
    by_config_.insert(image);
  } catch (const Error& error) {
    resolved.validity = ResolvedImage::Validity::kNow;
    resolved.failure = error;
  }
  co_return resolved;
}

/// An image that the query's filter drops for its size is incomplete.
ResolvedImage ImageResolver::result(std::uint32_t image) const {
  const auto size = listing_.images[image].size;
  const bool is_incomplete = size && !needs_size(query_, size);
  return {image, is_incomplete ? ResolvedImage::Validity::kNow : ResolvedImage::Validity::kForever};
}

Task<std::optional<Manifest>> ImageResolver::read_manifest(std::string repository, Digest digest) {
  const bool is_held = open_manifests_.contains(digest);
  auto found = co_await manifest(std::move(repository), digest);
  if (!is_held) open_manifests_.erase(digest);
  co_return found;
}

/// Absent when the store does not have the manifest.
Task<std::optional<Manifest>> ImageResolver::manifest(std::string repository, Digest digest) {
  if (const auto known = open_manifests_.find(digest); known != open_manifests_.end()) {
    co_return known->second;
  }
  co_return co_await manifests_.get(digest, repository,
                                    [&] { return fetch_manifest(repository, digest); });
}

Task<std::optional<Manifest>> ImageResolver::fetch_manifest(std::string repository, Digest digest) {
  auto manifest = co_await store_.manifest(std::move(repository), digest);
  if (manifest) open_manifests_.try_emplace(std::move(digest), *manifest);
  co_return manifest;
}

Task<ImageConfig> ImageResolver::config(std::string repository, Digest digest,
                                        Manifest::ConfigKind kind) {
  if (const auto position = by_config_.find(digest)) {
    const Image& image = listing_.images[*position];
    ImageConfig config{image.created, std::nullopt};
    if (image.platform) config.platform = listing_.platforms[*image.platform];
    co_return config;
  }
  const auto found = co_await configs_.get(digest, repository,
                                           [&] { return fetch_config(repository, digest, kind); });
  co_return *found;
}

/// The result is always present.
Task<std::optional<ImageConfig>> ImageResolver::fetch_config(std::string repository, Digest digest,
                                                             Manifest::ConfigKind kind) {
  try {
    const std::string body = co_await store_.blob(std::move(repository), std::move(digest));
    co_return parse_config(body, kind);
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("config: {}", error.what()), error.hint());
  }
}

}  // namespace dkr
