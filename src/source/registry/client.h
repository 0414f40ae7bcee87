// Requests to one registry: authorized, tried again where that helps, redirected. Each of these is
// a client that wraps the next one.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

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
  /// Reads docker's configuration for credentials and certificates, which may throw Error
  /// kConfiguration. Gives a request up after `timeout` without progress (0: never). `client`,
  /// `world` and `log` must outlive this object.
  RegistryClient(RegistryAddress registry, std::chrono::seconds timeout, HttpClient& client,
                 const World& world, Log& log);

  /// The answer to `request`, whatever its status. Throws Error as AuthorizingClient::send() and
  /// RedirectingClient::send() do.
  Task<HttpResponse> send(HttpRequest request) override;

  [[nodiscard]] const RegistryAddress& registry() const { return registry_; }
  [[nodiscard]] bool has_credentials() const { return authorizing_.has_credentials(); }
  /// Tells users of the registry apart without saying who they are; empty without credentials.
  [[nodiscard]] std::string user_key() const { return authorizing_.user_key(); }
  /// Whether `text` holds a password or a token of ours.
  [[nodiscard]] bool contains_secret(std::string_view text) const {
    return authorizing_.contains_secret(text);
  }
  /// Whether the registry's token service has given us a token.
  [[nodiscard]] bool has_token() const { return authorizing_.has_token(); }
  /// Whether any CA certificates are trusted.
  [[nodiscard]] bool has_ca_certificates() const { return peer_.has_ca_certificates(); }
  /// The version of HTTP that the registry speaks; absent as long as it has not answered.
  [[nodiscard]] std::optional<HttpVersion> version() const { return peer_.version(); }

 private:
  RegistryAddress registry_;
  RegistryPeerClient peer_;
  RedirectingClient redirecting_;
  RetryingClient retrying_;
  AuthorizingClient authorizing_;
};

}  // namespace dkr
