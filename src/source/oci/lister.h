// Lists the images of a store of OCI content: walks from its repositories through their tags to the
// images.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/hash.h"
#include "base/log.h"
#include "model/failure_list.h"
#include "net/task.h"
#include "net/task_group.h"
#include "source/oci/cache.h"
#include "source/oci/content_store.h"
#include "source/oci/recent_answers.h"
#include "source/oci/repository_memory.h"
#include "source/oci/tag_rows.h"
#include "source/progress.h"
#include "source/source.h"

namespace dkr {

class Lister final : public ImageSource, public ContentReader {
 public:
  /// Answers of the store that are at most `max_stale` old are taken from the cache; if that is
  /// absent, only content that cannot change is. `progress` and `log` must outlive this object.
  Lister(std::unique_ptr<ContentStore> store, std::shared_ptr<ImageCache> cache, Progress& progress,
         Log& log, std::optional<std::chrono::minutes> max_stale = std::nullopt);

  /// One row per tag, newest first, unknown dates last. The id of an image is the digest of its
  /// config; its size is the bytes that a pull transfers. For a multi-platform tag it is the first
  /// image that the store has, in the order of by_platform_match(), or, for all platforms, a row
  /// for each. A wanted platform that an index lists but the store lacks is an unknown image, and a
  /// failure. Repositories that the filter names are read without the store's list of repositories.
  /// Repositories that the filter does not keep are not read. With Content::kDigests, images are
  /// unknown but for the digest that a tag points to.
  Task<Listing> list(Query query) override;

  [[nodiscard]] std::string displayed_name(std::string_view repository) const override {
    return store_->displayed_name(repository);
  }

  /// The store's list of repositories, in its order.
  Task<RepositoryListing> repositories() override;

  [[nodiscard]] std::optional<std::string> registry_prefix() const override {
    return store_->reference_prefix();
  }
  [[nodiscard]] ContentReader* content() override { return this; }
  Task<ConfigListing> configs(std::vector<ManifestName> manifests) override;

 private:
  struct Repository {
    std::string name;
    std::vector<std::string> tags;                // that will be read
    std::size_t pending = 0;                      // tags not yet read
    bool is_complete = false;                     // whether `tags` are all tags of the repository
    std::optional<RepositoryMemory> memory = {};  // while tags are read
    std::unique_ptr<TagDigests> digests = {};     // while tags are read
  };
  enum class Origin { kList, kNamed, kQuery };

  Task<void> doubt();
  Task<NameList> fetch_repositories();
  Task<void> read_repositories();
  void add_repository(std::string name, Origin origin);
  bool accept_repository(const std::string& name, Origin origin);
  void add_absent(const std::string& repository, Origin origin, std::string_view cause);
  Task<void> read_repository(Repository& repository, Origin origin);
  Task<std::optional<NameList>> fetch_tags(std::string repository);
  void add_tags(Repository& repository, std::vector<std::string> tags);
  bool accept_tag(Repository& repository, const std::string& tag);
  Task<void> read_tag(Repository& repository, std::string tag);
  bool list_recent(Repository& repository, const std::string& tag);
  Task<std::optional<Error>> list_tag(Repository& repository, std::string tag);
  Task<std::optional<TaggedImages>> read_recent(Repository& repository, Digest digest);
  Task<void> list_digest(Repository& repository, std::string tag);
  std::optional<Error> add_rows(Repository& repository, const std::string& tag,
                                const Digest& digest, const TaggedImages& tagged);
  void note_gone(const Repository& repository, std::string_view tag);
  void finish(Repository& repository);
  void note_gap(const Repository& repository, std::string tag = "");
  void report_gaps();
  [[nodiscard]] CacheScope scope_of(const Repository& repository) const;
  [[nodiscard]] std::string subject_of(const std::string& repository) const;
  [[nodiscard]] std::string subject_of(const Repository& repository, std::string_view tag) const;
  void add_failure(std::string_view subject, std::string_view cause);
  void record_failure(const std::string& subject, const Error& error);
  void report_unlisted();

  std::unique_ptr<ContentStore> store_;
  std::shared_ptr<ImageCache> cache_;
  Progress& progress_;
  Log& log_;
  Query query_;
  Listing listing_;
  ListingBuilder builder_{listing_};
  FailureList failures_;
  RecentAnswers answers_;  // after the store and the cache, which it refers to
  std::optional<TagRows> rows_;
  std::unordered_set<std::string, KeyedHash> named_;  // by the filter
  std::list<Repository> repositories_;
  bool has_repositories_ = false;  // whether any of those that were read exists
  /// Consecutive requests without a response. After too many, the remaining tags are skipped.
  int unanswered_ = 0;
  std::size_t given_up_ = 0;      // tags that were skipped
  std::string out_of_pulls_;      // what the store said
  std::size_t without_pull_ = 0;  // tags that are not listed for that reason
  TaskGroup tasks_;               // last, because its tasks use all of the above
};

}  // namespace dkr
