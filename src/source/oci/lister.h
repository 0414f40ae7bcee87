// The images of a store of OCI content: the walk from its repositories through their tags to what
// the digests stand for.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/log.h"
#include "net/task.h"
#include "net/task_group.h"
#include "source/oci/cache.h"
#include "source/oci/content_store.h"
#include "source/oci/resolver.h"
#include "source/progress.h"
#include "source/source.h"

namespace dkr {

class Lister final : public ImageSource {
 public:
  /// `progress` and `log` must outlive this object.
  Lister(std::unique_ptr<ContentStore> store, std::unique_ptr<ImageCache> cache, Progress& progress,
         Log& log);

  /// One row for each tag, the newest first, those of unknown date last. The id of an image is the
  /// digest of its config, its size the bytes that a pull transfers; of several platforms it is the
  /// wanted one, else the first one. Repositories that the filter names are asked for without the
  /// store's own list of repositories; nothing is asked about those that it does not keep.
  Task<Listing> list(Query query) override;

  /// The store's own list of repositories, in its order.
  Task<RepositoryListing> repositories() override;

 private:
  struct Repository {
    std::string name;
    std::vector<std::string> tags;  // that are asked for
    std::size_t pending = 0;        // of them
    bool is_complete = false;       // whether these are all tags that it has
    bool is_loaded = false;
    CachedRepository cached;
    CachedRepository updates;  // for the cache
  };
  enum class Origin { kList, kNamed };

  Task<NameList> fetch_repositories();
  Task<void> read_repositories();
  void add_repository(std::string name, Origin origin);
  Task<void> read_repository(Repository& repository, Origin origin);
  void add_tags(Repository& repository, std::vector<std::string> tags);
  bool accept_tag(const Repository& repository, const std::string& tag);
  Task<void> read_tag(Repository& repository, std::string tag);
  Task<void> list_tag(Repository& repository, std::string tag);
  void finish(Repository& repository);

  void add_row(const Repository& repository, std::string tag, std::uint32_t image,
               const Digest& digest, MediaType media_type);
  [[nodiscard]] CachedImage cached_image(std::uint32_t image, MediaType media_type) const;
  [[nodiscard]] Image image_of(const CachedImage& cached);
  [[nodiscard]] CacheScope scope_of(const Repository& repository) const;
  [[nodiscard]] std::string subject_of(const Repository& repository) const;
  [[nodiscard]] std::string subject_of(const Repository& repository, std::string_view tag) const;
  void add_failure(std::string_view subject, std::string_view cause);
  void record_failure(const std::string& subject, const Error& error);

  std::unique_ptr<ContentStore> store_;
  std::unique_ptr<ImageCache> cache_;
  Progress& progress_;
  Log& log_;
  Query query_;
  Listing listing_;
  ListingBuilder builder_{listing_};
  std::optional<ImageResolver> resolver_;
  std::unordered_set<std::string> seen_;  // repositories
  std::list<Repository> repositories_;
  /// How many requests in a row got no answer: past some, nobody is there any more.
  int unanswered_ = 0;
  std::size_t given_up_ = 0;  // tags
  TaskGroup tasks_;           // last: its tasks use all of the above
};

}  // namespace dkr
