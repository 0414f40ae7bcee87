// The images of a container engine that speaks the Docker Engine API, versions 1.24 and later:
// Docker, and Podman's compatible service.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/log.h"
#include "base/world.h"
#include "docker/endpoint.h"
#include "net/http.h"
#include "source/source.h"

namespace dkr {

class Engine final : public ImageSource {
 public:
  /// Asks the engine at `endpoint`; gives up after `timeout` without progress (0: never). `client`,
  /// `world` and `log` must outlive this object.
  Engine(Endpoint endpoint, std::chrono::seconds timeout, HttpClient& client, const World& world,
         Log& log);

  /// GET /images/json, in one round trip; an engine that refuses the unversioned path is asked for
  /// its version and then again. The rows and their order are those of `docker images`; nothing is
  /// left out.
  Task<Listing> list(Query query) override;
  Task<RepositoryListing> repositories() override;

 private:
  Task<std::string> image_list();
  Task<std::optional<std::string>> api_version();
  Task<HttpResponse> get(std::string path);
  [[nodiscard]] Error explain(const Error& error) const;

  Endpoint endpoint_;
  std::chrono::seconds timeout_;
  HttpClient& client_;
  const World& world_;
  Log& log_;
};

}  // namespace dkr
