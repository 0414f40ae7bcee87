// The images of a registry that speaks the OCI distribution API
// (github.com/opencontainers/distribution-spec).
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/log.h"
#include "base/world.h"
#include "model/platform.h"
#include "net/http.h"
#include "net/task.h"
#include "net/task_group.h"
#include "source/oci/cache.h"
#include "source/oci/manifest.h"
#include "source/progress.h"
#include "source/registry/address.h"
#include "source/registry/api.h"
#include "source/registry/client.h"
#include "source/source.h"

namespace dkr {

struct RegistryOptions {
  Platform platform = this_platform();  ///< which image of a multi-platform tag is wanted
  std::optional<std::size_t> jobs;      ///< requests in flight; absent: what fits the protocol
  std::chrono::seconds timeout{60};     ///< without progress, then a request is given up; 0: never
  std::string cache_path;               ///< empty: no cache
};

class Registry final : public ImageSource {
 public:
  /// Throws Error kConfiguration when docker's certificates for the registry cannot be used. The
  /// references must outlive this object.
  Registry(RegistryAddress address, RegistryOptions options, HttpClient& client, const World& world,
           ProgressObserver& observer, Log& log);

  /// One image for each tag, the newest first, those of unknown date last. Its id is the digest of
  /// its config, its size the bytes that a pull transfers; of several platforms it is the wanted
  /// one's, else the first one's. Repositories that `wanted` names are asked for without the
  /// catalog; nothing is asked about those that it does not keep.
  Listing list(const Filter& wanted) override;

  /// The catalog, in its own order.
  RepositoryListing repositories() override;

 private:
  struct Repository {
    std::string path;       // at the registry: library/nginx
    std::string displayed;  // nginx
    CachedRepository known;
    CachedRepository news;  // for the cache
    std::size_t unread = 0;
  };
  /// What became of a digest that a tag points at.
  struct Resolved {
    std::optional<CachedImage> image;  // absent when nobody wants it
    /// kNow: the registry may have more of it another time.
    enum class Validity { kEver, kNow } validity = Validity::kEver;
  };
  enum class Origin { kCatalog, kNamed };

  void run();
  Task<void> fetch_catalog();
  Task<void> read_catalog();
  void add_repository(std::string path, Origin origin);
  Task<void> read_repository(Repository& repository, Origin origin);
  void add_tags(Repository& repository, std::vector<std::string> tags);
  Task<void> read_tag(Repository& repository, std::string tag);
  Task<void> describe_tag(Repository& repository, std::string tag);
  Task<Resolved> resolve(Repository& repository, std::string digest, Manifest manifest, int depth);
  Task<Resolved> resolve_index(Repository& repository, std::string digest,
                               std::vector<IndexEntry> entries, int depth);

  void add_image(const Repository& repository, const std::string& tag, const CachedImage& image);
  void add_failure(std::string_view subject, std::string_view cause);
  /// Takes note of what could not be read; throws when nothing can.
  void note(const std::string& subject, const Error& error);
  [[nodiscard]] std::size_t limit() const;

  RegistryAddress address_;
  RegistryOptions options_;
  HttpClient& http_;
  ProgressObserver& observer_;
  Log& log_;
  RegistryClient client_;
  RegistryApi api_;
  ImageCache cache_;
  std::string cache_key_;  // registry and user
  Filter wanted_;
  Listing listing_;
  Progress progress_;
  std::unordered_set<std::string> seen_;  // repositories
  std::vector<std::string> catalog_;
  std::list<Repository> repositories_;
  /// How many requests in a row got no answer: past some, nobody is there any more.
  int unanswered_ = 0;
  std::size_t given_up_ = 0;  // tags
  TaskGroup tasks_;           // last: its tasks use all of the above
};

}  // namespace dkr
