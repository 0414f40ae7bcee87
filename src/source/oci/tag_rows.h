// Lists what tags point to: from a digest, through the cache or the resolver, to the rows of a tag.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/digest.h"
#include "base/error.h"
#include "base/hash.h"
#include "model/listing.h"
#include "model/media_type.h"
#include "net/single_flight.h"
#include "net/task.h"
#include "source/oci/blob_store.h"
#include "source/oci/cache.h"
#include "source/oci/manifest.h"
#include "source/oci/repository_memory.h"
#include "source/oci/resolver.h"
#include "source/source.h"

namespace dkr {

/// What the rows of a tag tell of the manifest or index that it points to.
struct TaggedImages {
  MediaType media_type = MediaType::kUnknown;
  /// One, or, with `kEach`, those for all platforms of an index.
  std::vector<ResolvedImage> images = {};
  enum class Rows { kOne, kEach } rows = Rows::kOne;
  std::optional<Error> gap = {};  ///< why something below the tag is not known
};

/// An empty repository or tag is an absent one.
class TagRows {
 public:
  /// `listing` is that of `builder`. The references must outlive this object.
  TagRows(BlobStore& store, const Query& query, Listing& listing, ListingBuilder& builder)
      : query_(query),
        listing_(listing),
        builder_(builder),
        resolver_(store, query, listing, builder) {}
  TagRows(const TagRows&) = delete;  // the resolver refers to it
  TagRows& operator=(const TagRows&) = delete;

  /// Adds the row of a tag of which only the digest is known.
  void add_digest(const std::string& repository, const std::string& tag, const Digest& digest);

  /// Adds the rows of a tag from what `memory` knows, which is complete.
  void add_known(const std::string& repository, RepositoryMemory& memory, const std::string& tag,
                 const Digest& digest);

  /// What `manifest` stands for, which has this `digest`. Throws Error when that cannot be found
  /// out.
  Task<TaggedImages> read(std::string repository, RepositoryMemory& memory, Digest digest,
                          Manifest manifest);

  /// The same for the manifest that the store has under `digest`, which is asked for once, however
  /// many tags point to it. Absent when the store does not have it. `memory` must live until the
  /// task ends.
  Task<std::optional<TaggedImages>> read(std::string repository, RepositoryMemory& memory,
                                         Digest digest);

  /// Adds the rows of a tag, and gives what is missing in them. Notes in `memory` what will not
  /// change.
  std::optional<Error> add(const std::string& repository, RepositoryMemory& memory,
                           const std::string& tag, const Digest& digest,
                           const TaggedImages& tagged);

 private:
  Task<std::optional<TaggedImages>> fetch(std::string repository, RepositoryMemory& memory,
                                          Digest digest);
  void recall(RepositoryMemory& memory, const Digest& digest);
  std::uint32_t add_image(const CachedImage& cached, const IndexTable& indexes);
  std::optional<Error> add_one(const std::string& repository, RepositoryMemory& memory,
                               const std::string& tag, const Digest& digest,
                               const TaggedImages& tagged);
  std::optional<Error> add_each(const std::string& repository, RepositoryMemory& memory,
                                const std::string& tag, const Digest& digest,
                                const TaggedImages& tagged);
  void add_row(const std::string& repository, const std::string& tag, std::uint32_t image,
               std::span<const Digest> digests, MediaType media_type);
  [[nodiscard]] CachedImage cached_image(std::uint32_t image, MediaType media_type) const;
  [[nodiscard]] Image image_of(const CachedImage& cached);

  const Query& query_;
  Listing& listing_;
  ListingBuilder& builder_;
  ImageResolver resolver_;
  std::unordered_map<Digest, TaggedImages> read_;  // by their digests
  std::unordered_map<std::string, SingleFlight<TaggedImages>, KeyedHash> reads_;  // by repository
};

}  // namespace dkr
