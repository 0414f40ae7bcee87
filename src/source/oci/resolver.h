// What a digest that a tag points at stands for: through indexes to the manifest of a platform, and
// to its config.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/position_index.h"
#include "model/listing.h"
#include "net/single_flight.h"
#include "net/task.h"
#include "source/oci/content_store.h"
#include "source/oci/manifest.h"
#include "source/source.h"

namespace dkr {

struct ResolvedImage {
  std::uint32_t image;  ///< position in Listing::images
  /// kNow: the store may have more of it another time.
  enum class Validity { kForever, kNow } validity = Validity::kForever;
};

/// Asks for each digest once in a run, whoever needs it; what one repository lacks is asked of the
/// next one.
class ImageResolver {
 public:
  /// Puts images into the listing of `builder`. When the image of a digest is too small for the
  /// query's filter, its date is not asked for. The references must outlive this object.
  ImageResolver(ContentStore& store, const Query& query, Listing& listing, ListingBuilder& builder);

  /// The image of the query's platform, or else of the first one, that `manifest` with `digest`
  /// stands for in `repository`. Throws Error.
  Task<ResolvedImage> resolve(std::string repository, Digest digest, Manifest manifest);

  /// The image with this manifest, when it has been resolved or added before; absent otherwise.
  [[nodiscard]] std::optional<std::uint32_t> find(const Digest& manifest) const {
    return by_manifest_.find(manifest);
  }

  /// Adds `image`, with its digest, all of which is known, and gives its position.
  std::uint32_t add(Image image);

 private:
  struct ManifestOf {
    const Listing& listing;
    const Digest& operator()(std::uint32_t image) const { return *listing.images[image].digest; }
  };
  struct ConfigOf {
    const Listing& listing;
    const Digest& operator()(std::uint32_t image) const { return *listing.images[image].id; }
  };

  Task<std::optional<ResolvedImage>> resolve_child(std::string repository, Descriptor descriptor,
                                                   int depth);
  Task<std::optional<ResolvedImage>> fetch_child(std::string repository, Descriptor descriptor,
                                                 int depth);
  Task<ResolvedImage> resolve_index(std::string repository, Digest digest,
                                    std::vector<Descriptor> entries, int depth);
  Task<std::optional<ResolvedImage>> read_image(std::string repository, Digest digest,
                                                Manifest manifest, Platform platform);
  Task<ImageConfig> config(std::string repository, Digest digest);
  Task<std::optional<ImageConfig>> fetch_config(std::string repository, Digest digest);

  ContentStore& store_;
  const Query& query_;
  Listing& listing_;
  ListingBuilder& builder_;
  PositionIndex<ManifestOf> by_manifest_;
  PositionIndex<ConfigOf> by_config_;                   // images whose config has been read
  std::unordered_map<Digest, ResolvedImage> by_index_;  // of indexes in indexes
  SingleFlight<ResolvedImage> images_;
  SingleFlight<ImageConfig> configs_;
};

}  // namespace dkr
