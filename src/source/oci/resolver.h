// Resolves a manifest or index to the image for a platform: follows indexes, and reads the config.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/error.h"
#include "base/position_index.h"
#include "model/listing.h"
#include "net/single_flight.h"
#include "net/task.h"
#include "source/oci/blob_store.h"
#include "source/oci/manifest.h"
#include "source/source.h"

namespace dkr {

struct ResolvedImage {
  std::uint32_t image = 0;  ///< position in Listing::images
  /// kNow: another time the result may be more: the store lacked a manifest that it may get later,
  /// or the query did not need everything.
  enum class Validity { kForever, kNow } validity = Validity::kForever;
  /// Why the date of creation is unknown although the image should have one; absent otherwise.
  std::optional<Error> failure = {};
};

/// Fetches each digest once per run, even if several repositories need it. If one repository lacks
/// it, the next one that needs it is tried.
class ImageResolver {
 public:
  /// Adds images to `listing`, which is that of `builder`. If the query's filter drops an image for
  /// its size, its config is not fetched, so its date may be missing. The references must outlive
  /// this object.
  ImageResolver(BlobStore& store, const Query& query, Listing& listing, ListingBuilder& builder);

  /// The image for `manifest`, which has this `digest` in `repository`. For an index, it is the
  /// first image that the store has, in the order of by_platform_match(); but if the index lists
  /// the wanted platform, no other one takes its place. Throws Error when it cannot be found out
  /// which image that is.
  Task<ResolvedImage> resolve(std::string repository, Digest digest, Manifest manifest);

  /// The images for all `entries` of an index, each manifest once, those of indexes among them
  /// taking their place. What the store lacks is an image of which only the platform is known.
  /// Throws Error when a manifest cannot be read, or there are over 256.
  Task<std::vector<ResolvedImage>> resolve_all(std::string repository,
                                               std::vector<Descriptor> entries);

  /// Adds to Listing::indexes the content of `index`, which has this `digest`, and of the indexes
  /// below it; if the query asks for blobs, reads everything below it. What the store lacks is
  /// skipped. If something cannot be read, throws Error, or, if the query asks for blobs, goes on
  /// and returns the first one.
  Task<std::optional<Error>> note_indexes(std::string repository, Digest digest, Manifest index,
                                          int depth = 0);

  /// The manifest that the store has under `digest`, which is not held here for later; absent when
  /// it does not have it.
  Task<std::optional<Manifest>> read_manifest(std::string repository, Digest digest);

  /// Whether the config of the image has been read, or need not be.
  [[nodiscard]] bool is_dated(std::uint32_t image) const { return !undated_.contains(image); }

  /// Adds `image`, which is complete, but for its date unless `is_dated`, and whose digest must be
  /// set, unless there is one with the same digest, and returns its position.
  std::uint32_t add(Image image, bool is_dated = true);

 private:
  struct ManifestOf {
    const Listing& listing;
    const Digest& operator()(std::uint32_t image) const { return *listing.images[image].digest; }
  };
  struct ConfigOf {
    const Listing& listing;
    const Digest& operator()(std::uint32_t image) const { return *listing.images[image].id; }
  };

  struct AllPlatforms {
    std::vector<ResolvedImage> images;
    std::unordered_set<Digest> seen;
  };

  Task<void> add_all(std::string repository, std::vector<Descriptor> entries, int depth,
                     AllPlatforms& found);
  Task<ResolvedImage> resolve_index(std::string repository, Digest digest,
                                    std::vector<Descriptor> entries, int depth);
  Task<std::optional<ResolvedImage>> resolve_child(std::string repository, Descriptor descriptor,
                                                   int depth);
  Task<std::optional<Error>> note_below(std::string repository, Descriptor entry, int depth);
  [[nodiscard]] bool is_known(const Digest& digest) const;
  enum class Role { kImage, kAttestation };
  [[nodiscard]] bool needs(const Descriptor& entry, Role role) const;
  std::uint32_t add_manifest(const Digest& digest, const Manifest& manifest,
                             const Platform& platform);
  void note_platform(std::uint32_t image, const Platform& platform);
  [[nodiscard]] std::optional<std::uint32_t> find(const Digest& manifest) const {
    return by_manifest_.find(manifest);
  }
  Task<ResolvedImage> read_image(std::string repository, Digest digest, Manifest manifest,
                                 Platform platform);
  Task<ResolvedImage> with_date(std::string repository, std::uint32_t image);
  [[nodiscard]] ResolvedImage result(std::uint32_t image) const;
  Task<std::optional<Manifest>> manifest(std::string repository, Digest digest);
  Task<std::optional<Manifest>> fetch_manifest(std::string repository, Digest digest);
  Task<ImageConfig> config(std::string repository, Digest digest, Manifest::ConfigKind kind);
  Task<std::optional<ImageConfig>> fetch_config(std::string repository, Digest digest,
                                                Manifest::ConfigKind kind);

  BlobStore& store_;
  const Query& query_;
  Listing& listing_;
  ListingBuilder& builder_;
  PositionIndex<ManifestOf> by_manifest_;
  PositionIndex<ConfigOf> by_config_;  // only images whose config was read
  /// Images whose config has not been read, or cannot be.
  std::unordered_map<std::uint32_t, Manifest::ConfigKind> undated_;
  /// Manifests that were read and whose image is not in by_manifest_: nested indexes.
  std::unordered_map<Digest, Manifest> open_manifests_;
  SingleFlight<Manifest> manifests_;
  SingleFlight<ImageConfig> configs_;
};

}  // namespace dkr
