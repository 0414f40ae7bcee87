// What Docker Hub's own API at hub.docker.com (docs.docker.com/reference/api/hub/latest) tells of
// repositories and tags, without counting pulls.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "base/world.h"
#include "net/http.h"
#include "net/task.h"
#include "source/hub/client.h"
#include "source/hub/pages.h"
#include "source/hub/records.h"
#include "source/oci/content_store.h"

namespace dkr {

struct HubTagList {
  std::vector<HubTag> tags;      ///< each name once
  std::optional<Error> failure;  ///< why the list is incomplete; absent if it is complete
};

class HubApi {
 public:
  /// Reads docker's credentials for Docker Hub, and exchanges them for a token of hub.docker.com at
  /// the first request. Requests are aborted after `timeout` without progress (0: no limit). The
  /// references must outlive this object.
  HubApi(std::chrono::seconds timeout, HttpClient& client, const World& world, Log& log);

  /// The repositories of a user or an organisation, by the names that docker shows. Throws Error,
  /// whose message gives only the cause.
  Task<NameList> repositories(std::string name_space);

  /// All tags of `repository`, which is named as docker shows it; absent when there is no such
  /// repository, or this user may not see it. Throws as repositories() does.
  Task<std::optional<HubTagList>> tags(std::string repository);

  /// Whether it has responded at all, even with an error status.
  [[nodiscard]] bool has_answered() const { return client_.has_answered(); }
  /// The HTTP version of its latest response; before the first one, kOne.
  [[nodiscard]] HttpVersion version() const { return client_.version(); }
  [[nodiscard]] bool has_credentials() const { return client_.has_credentials(); }
  /// Whether there are credentials for which no token has been given.
  [[nodiscard]] bool lacks_token() const { return has_credentials() && !client_.has_token(); }
  /// Identifies the API and these credentials in the cache.
  [[nodiscard]] std::string answers_key() const;
  /// Adds the address to the message of `error`, because of which nothing at all could be read, and
  /// a hint for the user. Keeps the kind.
  [[nodiscard]] Error explain(const Error& error) const;
  /// The error where all repositories are wanted: there is no list of those of everybody.
  static Error no_catalog();

 private:
  Task<HttpResponse> get(std::string url);
  Task<std::optional<Error>> read_pages(HttpResponse first, std::string url, HubPages& pages);
  [[nodiscard]] Error refusal(const HttpResponse& response) const;

  HubClient client_;
  const Clock& clock_;
};

}  // namespace dkr
