// An HTTP client for one registry, which authorizes requests, retries them and follows redirects.
// Each of these is a client that wraps the next one.
#pragma once

#include <chrono>
#include <string>

#include "base/log.h"
#include "base/world.h"
#include "net/http.h"
#include "net/redirecting_client.h"
#include "net/retrying_client.h"
#include "source/registry/address.h"
#include "source/registry/authorizing_client.h"
#include "source/registry/peer_client.h"

namespace dkr {

class RegistryClient final : public HttpClient {
 public:
  /// Reads credentials and certificates from docker's configuration. Throws Error kConfiguration
  /// when the certificates cannot be used. Requests are aborted after `timeout` without progress
  /// (0: no limit). `client`, `world` and `log` must outlive this object.
  RegistryClient(RegistryAddress registry, std::chrono::seconds timeout, HttpClient& client,
                 const World& world, Log& log);

  /// The response to `request`, whatever its status. Throws Error as AuthorizingClient::send() and
  /// RedirectingClient::send() do.
  Task<HttpResponse> send(HttpRequest request) override;

  [[nodiscard]] const RegistryAddress& registry() const { return registry_; }
  [[nodiscard]] bool has_credentials() const { return authorizing_.has_credentials(); }
  /// Identifies the user without revealing the name; empty without credentials.
  [[nodiscard]] std::string user_key() const { return authorizing_.user_key(); }
  /// The same for these credentials of the user.
  [[nodiscard]] std::string credentials_key() const { return authorizing_.credentials_key(); }
  /// Whether the registry's token service has granted any token.
  [[nodiscard]] bool has_token() const { return authorizing_.has_token(); }
  /// Whether any CA certificates are trusted.
  [[nodiscard]] bool has_ca_certificates() const { return peer_.has_ca_certificates(); }
  /// Whether the registry has responded to anything.
  [[nodiscard]] bool has_answered() const { return peer_.has_answered(); }
  /// The HTTP version of its latest response; before the first one, kOne.
  [[nodiscard]] HttpVersion version() const { return peer_.version(); }

 private:
  RegistryAddress registry_;
  RegistryPeerClient peer_;
  RedirectingClient redirecting_;
  RetryingClient retrying_;
  AuthorizingClient authorizing_;
};

}  // namespace dkr
