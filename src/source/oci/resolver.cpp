#include "source/oci/resolver.h"

#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "model/filter.h"

namespace dkr {
namespace {

constexpr int kMaxIndexDepth = 4;
constexpr std::size_t kMaxTriedEntries = 64;

}  // namespace

ImageResolver::ImageResolver(ContentStore& store, const Query& query, Listing& listing,
                             ListingBuilder& builder)
    : store_(store),
      query_(query),
      listing_(listing),
      builder_(builder),
      by_manifest_(ManifestOf{listing}),
      by_config_(ConfigOf{listing}) {}

std::uint32_t ImageResolver::add(Image image) {
  const std::uint32_t position = builder_.image(std::move(image));
  by_manifest_.insert(position);
  return position;
}

Task<ResolvedImage> ImageResolver::resolve(std::string repository, Digest digest,
                                           Manifest manifest) {
  if (const auto image = find(digest)) co_return ResolvedImage{*image};
  if (manifest.entries) {
    co_return co_await resolve_index(std::move(repository), std::move(digest),
                                     std::move(*manifest.entries), 0);
  }
  const auto image = co_await images_.get(
      digest, repository, [&] { return read_image(repository, digest, manifest, {}); });
  co_return *image;
}

// kMaxIndexDepth bounds the recursion of these three. NOLINTBEGIN(misc-no-recursion)
Task<ResolvedImage> ImageResolver::resolve_index(std::string repository, Digest digest,
                                                 std::vector<Descriptor> entries, int depth) {
  if (depth == kMaxIndexDepth) {
    throw malformed(fmt::format("manifest: is an index over {} levels deep", kMaxIndexDepth));
  }
  auto validity = ResolvedImage::Validity::kForever;
  entries = by_platform_match(std::move(entries), query_.platform);
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
  const std::uint32_t position = builder_.image(std::move(unknown));
  co_return ResolvedImage{position, validity};
}

/// Absent when the store does not have the manifest.
Task<std::optional<ResolvedImage>> ImageResolver::resolve_child(std::string repository,
                                                                Descriptor descriptor, int depth) {
  if (const auto image = find(descriptor.digest)) co_return ResolvedImage{*image};
  if (const auto known = by_index_.find(descriptor.digest); known != by_index_.end()) {
    co_return known->second;
  }
  co_return co_await images_.get(descriptor.digest, repository,
                                 [&] { return fetch_child(repository, descriptor, depth); });
}

Task<std::optional<ResolvedImage>> ImageResolver::fetch_child(std::string repository,
                                                              Descriptor descriptor, int depth) {
  auto manifest = co_await store_.manifest(repository, descriptor.digest);
  if (!manifest) co_return std::nullopt;
  if (!manifest->entries) {
    co_return co_await read_image(std::move(repository), std::move(descriptor.digest),
                                  std::move(*manifest), std::move(descriptor.platform));
  }
  const ResolvedImage image = co_await resolve_index(std::move(repository), descriptor.digest,
                                                     std::move(*manifest->entries), depth);
  by_index_.emplace(descriptor.digest, image);
  co_return image;
}
// NOLINTEND(misc-no-recursion)

/// `platform` is that of the image in its index, or empty. The result is always present.
Task<std::optional<ResolvedImage>> ImageResolver::read_image(std::string repository, Digest digest,
                                                             Manifest manifest, Platform platform) {
  Image image;
  image.digest = std::move(digest);
  image.id = manifest.config_digest;
  image.created = manifest.created;
  image.size = manifest.size;
  const bool has_config = manifest.config_kind == Manifest::ConfigKind::kImage &&
                          keeps_size(query_.filter, manifest.size);
  if (has_config) {
    ImageConfig found = co_await config(std::move(repository), *manifest.config_digest);
    image.created = found.created;
    if (platform.os.empty() && found.platform) platform = std::move(*found.platform);
  }
  if (!platform.os.empty()) image.platform = builder_.platform(platform);
  if (query_.blobs == Blobs::kKeep) {
    for (const Blob& blob : manifest.blobs) image.blobs.push_back(builder_.blob(blob));
  }
  const std::uint32_t position = builder_.image(std::move(image));
  by_manifest_.insert(position);
  if (has_config) by_config_.insert(position);
  co_return ResolvedImage{position};
}

Task<ImageConfig> ImageResolver::config(std::string repository, Digest digest) {
  if (const auto position = by_config_.find(digest)) {
    const Image& image = listing_.images[*position];
    ImageConfig config{image.created, std::nullopt};
    if (image.platform) config.platform = listing_.platforms[*image.platform];
    co_return config;
  }
  const auto found =
      co_await configs_.get(digest, repository, [&] { return fetch_config(repository, digest); });
  co_return *found;
}

/// The result is always present.
Task<std::optional<ImageConfig>> ImageResolver::fetch_config(std::string repository,
                                                             Digest digest) {
  try {
    co_return parse_config(co_await store_.blob(std::move(repository), std::move(digest)));
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("config: {}", error.what()), error.hint());
  }
}

}  // namespace dkr
