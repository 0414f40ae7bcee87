// An HTTP client for Docker Hub's own API, which authorizes requests, retries them and follows
// redirects. Each of these is a client that wraps the next one.
#pragma once

#include <chrono>
#include <string>

#include "base/log.h"
#include "base/world.h"
#include "net/http.h"
#include "net/redirecting_client.h"
#include "net/retrying_client.h"
#include "source/hub/authorizing_client.h"
#include "source/registry/peer_client.h"

namespace dkr {

class HubClient final : public HttpClient {
 public:
  /// Reads credentials and certificates from docker's configuration. Throws Error kConfiguration
  /// when the certificates cannot be used. Requests are aborted after `timeout` without progress
  /// (0: no limit). `client`, `world` and `log` must outlive this object.
  HubClient(std::chrono::seconds timeout, HttpClient& client, const World& world, Log& log);

  /// The response to `request`, whatever its status. Throws Error as HubAuthorizingClient::send()
  /// and RedirectingClient::send() do.
  Task<HttpResponse> send(HttpRequest request) override;

  [[nodiscard]] bool has_credentials() const { return authorizing_.has_credentials(); }
  [[nodiscard]] bool has_token() const { return authorizing_.has_token(); }
  [[nodiscard]] std::string credentials_key() const { return authorizing_.credentials_key(); }
  /// Whether hub.docker.com has responded to anything.
  [[nodiscard]] bool has_answered() const { return peer_.has_answered(); }
  /// The HTTP version of its latest response; before the first one, kOne.
  [[nodiscard]] HttpVersion version() const { return peer_.version(); }

 private:
  RegistryPeerClient peer_;
  RedirectingClient redirecting_;
  RetryingClient retrying_;
  HubAuthorizingClient authorizing_;
};

}  // namespace dkr
