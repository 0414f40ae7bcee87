// A container engine as a source, over the Docker Engine API, version 1.24 or later: Docker, or
// Podman's compatible service.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/world.h"
#include "docker/endpoint.h"
#include "net/http.h"
#include "source/engine/ssh_dialer.h"
#include "source/source.h"

namespace dkr {

class Engine final : public ImageSource {
 public:
  /// Requests to the engine at `endpoint` are aborted after `timeout` without progress (0: no
  /// limit). `client`, `world` and `log` must outlive this object.
  Engine(Endpoint endpoint, std::chrono::seconds timeout, HttpClient& client, const World& world,
         Log& log);

  /// Sends GET /images/json, and for Filter::unused GET /containers/json. If the engine refuses a
  /// path without a version, this gets the version from /_ping and tries the path with it. The rows
  /// and their order are those of `docker images`; other filters are ignored. With
  /// Platforms::kAll, an image has a row for each platform that the engine holds, as engines with
  /// containerd's image store tell from API 1.47 on.
  Task<Listing> list(Query query) override;
  Task<RepositoryListing> repositories() override;
  [[nodiscard]] std::string displayed_name(std::string_view repository) const override;

 private:
  /// The answer to `path`, such as `/images/json`, whose version is left to the engine.
  Task<void> read_usage(Listing& listing);
  Task<std::string> get_body(std::string path);
  Task<std::optional<std::string>> api_version();
  Task<HttpResponse> get(std::string path);
  Task<HttpResponse> send_through_ssh(HttpRequest request);

  Endpoint endpoint_;
  std::shared_ptr<SshDialer> ssh_;  ///< null: the engine is reached in another way
  bool has_answered_ = false;
  std::chrono::seconds timeout_;
  HttpClient& client_;
  const World& world_;
  Log& log_;
};

}  // namespace dkr
