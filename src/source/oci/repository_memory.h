// What the cache knows of one repository, and what a listing adds to that.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/digest.h"
#include "model/index_content.h"
#include "model/listing.h"
#include "source/oci/cache.h"
#include "source/source.h"

namespace dkr {

class RepositoryMemory {
 public:
  /// `cache` and `query` must outlive this object. Loads at the first question.
  RepositoryMemory(ImageCache& cache, CacheScope scope, const Query& query);
  RepositoryMemory(const RepositoryMemory&) = delete;  // recalled_ refers to known_
  RepositoryMemory& operator=(const RepositoryMemory&) = delete;

  /// The digest that `tag` pointed to, if is_complete().
  [[nodiscard]] std::optional<Digest> guess(std::string_view tag);

  /// Whether it is known what `digest` stands for, with all that the query needs.
  [[nodiscard]] bool is_complete(const Digest& digest);

  /// What the cache holds, whether or not it is all that the query needs.
  [[nodiscard]] const CachedRepository& known();

  /// What is known of the image of `digest`; null if that is not all that the query needs.
  [[nodiscard]] const CachedImage* image(const Digest& digest);

  /// Calls `visit(digest)` for `digest` and everything known below it, but for what was visited
  /// before.
  template <typename Visit>
  void recall(const Digest& digest, Visit visit) {
    recalled_.from(digest, [&](const Digest& below, const IndexContent*) { visit(below); });
  }

  /// Notes which image `digest` stands for. A date and a media type that are known are not lost.
  void note_image(const Digest& digest, CachedImage image);

  /// Notes that all platforms are known of the index `digest`.
  void note_index(const Digest& digest, MediaType media_type);

  /// Notes that the tag points to `digest`, of which everything is known.
  void note_tag(const std::string& tag, const Digest& digest);
  /// Notes that the tag points to `digest`, and, from `listing`, what is below that. `builder` is
  /// that of the listing.
  void note_tag(const std::string& tag, const Digest& digest, const Listing& listing,
                const ContentsBuilder& builder);

  /// Stores what was noted; see ImageCache::store().
  void store(std::optional<std::span<const std::string>> current_tags);
  /// Stores what was noted if it is much, so that it takes little memory, and a run that is
  /// interrupted leaves something.
  void store_if_much();

 private:
  void note_contents(const Digest& digest, const Listing& listing, const ContentsBuilder& builder);

  ImageCache& cache_;
  CacheScope scope_;
  const Query& query_;
  bool is_loaded_ = false;
  CachedRepository known_;
  std::unordered_set<Digest> incomplete_;  // indexes below which contents are not known
  IndexWalk recalled_{known_.indexes};
  CachedRepository updates_;
  std::optional<IndexWalk> noted_;  // through the indexes of the listing
};

}  // namespace dkr
