#include "source/hub/client.h"

#include <utility>

#include "docker/credentials.h"
#include "model/docker_hub.h"
#include "source/registry/address.h"

namespace dkr {
namespace {

constexpr const char* kHubDockerCom = "hub.docker.com";

}  // namespace

HubClient::HubClient(std::chrono::seconds timeout, HttpClient& client, const World& world, Log& log)
    : peer_(RegistryAddress{kHubDockerCom, kHubApiUrl}, timeout, client, world.environment,
            world.files),
      redirecting_(peer_),
      retrying_(kHubDockerCom, redirecting_, world.loop, world.clock, log),
      authorizing_(find_credentials(std::string(kDockerHub), world, log), retrying_, world.err) {}

Task<HttpResponse> HubClient::send(HttpRequest request) {
  return authorizing_.send(std::move(request));
}

}  // namespace dkr
