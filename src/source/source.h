// The interface of all sources of images, such as engines and registries.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "model/filter.h"
#include "model/listing.h"
#include "model/platform.h"
#include "net/task.h"

namespace dkr {

/// What to find out about what tags point to.
enum class Content {
  kDigests,  ///< only Listing::digests: which manifest each tag points to; for OCI content
  kImages,   ///< the image for one platform, or those for all
  kBlobs,    ///< also everything below the tags: Listing::indexes and Listing::contents
};

/// What an engine's images should tell: what docker's table shows, or also digests, media types and
/// the use that is made of them.
enum class Detail { kTable, kAll };

/// Whether to list one image of each tag, or those for all platforms.
enum class Platforms { kOne, kAll };

/// What to list.
struct Query {
  /// The source may omit rows that the filter does not keep, to save work, but need not.
  Filter filter;
  /// With kOne, `platform` selects the image of a multi-platform tag.
  Platforms platforms = Platforms::kOne;
  Platform platform = this_platform();
  /// Whether the user wants just `platform`: then no other one takes its place where an index lists
  /// it. Otherwise one does in stores that usually lack some.
  bool is_platform_given = false;
  Content content = Content::kImages;
  /// Whether the source has to find out when images were created.
  bool dates = true;
  /// Whether to remember what indexes list, if that is read anyway, for other filters.
  bool keeps_indexes = false;
  /// Whether it is a failure that the image for a platform, which an index lists, is gone.
  bool requires_image = true;
  Detail detail = Detail::kTable;
  /// Takes the place of a registry's own list of repositories, which is then not asked for. One
  /// that does not exist has no rows, and is no failure. Other sources list everything.
  std::optional<std::vector<std::string>> repositories = {};
};

/// Whether a source has to list tags that the filter does not keep: what may be removed, and what
/// that frees, depends on all tags of a repository.
inline bool needs_all_tags(const Query& query) {
  return query.content == Content::kBlobs || query.filter.keep.has_value();
}

/// Whether a source has to know what indexes list.
inline bool needs_indexes(const Query& query) {
  return query.platforms == Platforms::kAll || needs_all_tags(query);
}

/// Whether a source has to list images of `size` bytes.
inline bool needs_size(const Query& query, std::optional<std::int64_t> size) {
  return needs_all_tags(query) || keeps_size(query.filter, size);
}

/// What a tag points to.
struct ManifestName {
  std::string repository;
  Digest digest;  ///< of a manifest or index
};

/// Which images manifests stand for, one answer for each of the manifests.
struct ConfigListing {
  /// The digests of the configs of all platforms, sorted, each once. What has no image config
  /// counts with its own digest. Absent where it could not be read.
  std::vector<std::optional<std::vector<Digest>>> configs;
  std::vector<Failure> failures;
};

/// What a source of OCI content tells beside its listing.
class ContentReader {
 public:
  virtual ~ContentReader() = default;

  /// Which images `manifests` stand for. Reads manifests alone, each digest once.
  virtual Task<ConfigListing> configs(std::vector<ManifestName> manifests) = 0;
};

/// list() and repositories() may each be called once per object, list() last. Functions never
/// block, so several sources can be read in one event loop.
class ImageSource {
 public:
  virtual ~ImageSource() = default;

  /// The images of the source, in its own order. If single images cannot be read, the listing
  /// contains a Failure. Throws Error, whose message names the address, when nothing at all can be
  /// listed.
  virtual Task<Listing> list(Query query) = 0;

  /// The name that rows show for the repository that a user calls `repository`, for Filter::names:
  /// docker's familiar name. Names that the source does not know in other forms are unchanged.
  [[nodiscard]] virtual std::string displayed_name(std::string_view repository) const = 0;

  /// Only the repositories, with no more requests than that needs. Failures are as in list().
  virtual Task<RepositoryListing> repositories() = 0;

  /// Of a registry what Listing::reference_prefix will be, which its repositories' names lack:
  /// `localhost:5000/`. Absent where names are docker's familiar ones, with their registries.
  [[nodiscard]] virtual std::optional<std::string> registry_prefix() const { return std::nullopt; }

  /// Null for engines.
  [[nodiscard]] virtual ContentReader* content() { return nullptr; }
};

}  // namespace dkr
