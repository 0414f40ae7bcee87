// Docker Hub, listed through its own API, which counts no pulls.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/hash.h"
#include "base/log.h"
#include "base/world.h"
#include "model/failure_list.h"
#include "model/listing.h"
#include "net/http.h"
#include "net/task.h"
#include "net/task_group.h"
#include "source/hub/answers.h"
#include "source/hub/api.h"
#include "source/oci/cache.h"
#include "source/progress.h"
#include "source/source.h"

namespace dkr {

struct HubOptions {
  std::string name_space = {};  ///< of a user or an organisation, to which it is limited; or empty
  std::chrono::seconds timeout{60};  ///< without progress, then a request is aborted; 0: no limit
  std::optional<std::size_t> jobs = {};  ///< concurrent requests; absent: depends on HTTP's version
  /// Answers that are at most so old are taken from the cache; absent: none are.
  std::optional<std::chrono::minutes> max_stale = {};
};

/// The API tells neither configs nor layers: ids of images are absent, dates are those of the push,
/// which is said at INFO, or, if a filter depends on it, at WARNING, and Content::kBlobs is not
/// supported.
class Hub final : public ImageSource, public ContentReader {
 public:
  /// Throws Error kConfiguration when docker's certificates for hub.docker.com cannot be used. The
  /// references must outlive this object.
  Hub(HubOptions options, std::shared_ptr<ImageCache> cache, HttpClient& client, const World& world,
      Progress& progress, Log& log);

  /// One row per tag, newest first, unknown dates last. For a multi-platform tag it is the image
  /// that suits the wanted platform best, else the first one with a platform, or, for all
  /// platforms, a row for each. The repositories are those that the filter names and those of the
  /// query; without either, those of the namespace.
  Task<Listing> list(Query query) override;

  [[nodiscard]] std::string displayed_name(std::string_view repository) const override;

  /// Those of the namespace, in the order of Docker Hub.
  Task<RepositoryListing> repositories() override;

  [[nodiscard]] ContentReader* content() override { return this; }
  /// All absent, since manifests are not read.
  Task<ConfigListing> configs(std::vector<ManifestName> manifests) override;
  [[nodiscard]] std::optional<std::string> registry_prefix() const override { return ""; }

 private:
  enum class Origin { kList, kNamed, kQuery };

  [[nodiscard]] std::size_t concurrency() const;
  Task<NameList> fetch_repositories();
  Task<std::optional<HubTagList>> fetch_tags(std::string repository);
  Task<void> read_repositories();
  void add_repository(std::string name, Origin origin);
  bool accept_repository(const std::string& name, Origin origin);
  [[nodiscard]] bool is_in_namespace(std::string_view repository) const;
  Task<void> read_repository(std::string name, Origin origin);
  void note_absent(const std::string& repository, Origin origin);
  void add_tags(const std::string& repository, const std::vector<HubTag>& tags);
  void add_tag(const std::string& repository, const HubTag& tag);
  void add_digest(const std::string& repository, const HubTag& tag);
  void add_row(const std::string& repository, const HubTag& tag, const HubImage* chosen);
  void note_index(const std::string& repository, const HubTag& tag);
  void note_gap(const std::string& repository, std::string tag = "");
  void report_gaps();
  void report_dates();
  void add_failure(std::string_view subject, std::string_view cause);
  void record_failure(const std::string& repository, const Error& error);

  HubOptions options_;
  HubApi api_;
  HubAnswers answers_;
  Progress& progress_;
  Log& log_;
  Query query_;
  Listing listing_;
  ListingBuilder builder_{listing_};
  FailureList failures_;
  std::unordered_set<std::string, KeyedHash> named_;  // by the filter
  bool has_repositories_ = false;                     // whether any of those that were read exists
  /// Consecutive requests without a response. After too many, the remaining ones are not sent.
  int unanswered_ = 0;
  std::size_t given_up_ = 0;  // repositories that were skipped
  TaskGroup tasks_;           // last, because its tasks use all of the above
};

}  // namespace dkr
