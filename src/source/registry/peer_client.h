// Adds to requests what the host that they go to needs: the registry itself, or another one that it
// sends us to.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/world.h"
#include "net/http.h"
#include "source/registry/address.h"

namespace dkr {

/// Sets the HttpRequest::peer of each request, with docker's certificates for the registry; our own
/// certificate is shown to the registry alone. Errors of other hosts name the host, with a kind
/// that says what they mean to users of the registry.
class RegistryPeerClient final : public HttpClient {
 public:
  /// Gives a request up after `timeout` without progress (0: never). Throws Error kConfiguration
  /// when docker's certificates for the registry cannot be used. `next` and `environment` must
  /// outlive this object.
  RegistryPeerClient(const RegistryAddress& registry, std::chrono::seconds timeout,
                     HttpClient& next, const Environment& environment, const Files& files);

  Task<HttpResponse> send(HttpRequest request) override;

  /// The version of HTTP that the registry speaks; absent as long as it has not answered.
  [[nodiscard]] std::optional<HttpVersion> version() const { return version_; }
  /// Whether any CA certificates are trusted.
  [[nodiscard]] bool has_ca_certificates() const;

 private:
  std::string origin_;
  std::chrono::seconds timeout_;
  HttpClient& next_;
  const Environment& environment_;
  std::shared_ptr<const TlsSettings> tls_;
  std::shared_ptr<const TlsSettings> tls_elsewhere_;  // without our certificate
  std::optional<HttpVersion> version_;
};

}  // namespace dkr
