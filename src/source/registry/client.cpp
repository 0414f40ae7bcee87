#include "source/registry/client.h"

#include <utility>

#include "docker/credentials.h"

namespace dkr {

RegistryClient::RegistryClient(RegistryAddress registry, std::chrono::seconds timeout,
                               HttpClient& client, const World& world, Log& log)
    : registry_(std::move(registry)),
      peer_(registry_, timeout, client, world.environment, world.files),
      redirecting_(peer_),
      retrying_(registry_.name, redirecting_, world.loop, world.clock, log),
      authorizing_(registry_.base_url, find_credentials(registry_.name, world, log), retrying_,
                   world.clock, world.err) {}

Task<HttpResponse> RegistryClient::send(HttpRequest request) {
  return authorizing_.send(std::move(request));
}

}  // namespace dkr
