// Adds the connection settings to requests, both to the registry itself and to other hosts that it
// refers to.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/world.h"
#include "net/http.h"
#include "source/registry/address.h"

namespace dkr {

/// Sets HttpRequest::peer, with docker's certificates for the registry, and the User-Agent. The
/// client certificate is only presented to the registry. Errors of other hosts name the host, and
/// have a kind that reflects their meaning for users of the registry.
class RegistryPeerClient final : public HttpClient {
 public:
  /// Requests are aborted after `timeout` without progress (0: no limit). Throws Error
  /// kConfiguration when docker's certificates for the registry cannot be used. `next` and
  /// `environment` must outlive this object.
  RegistryPeerClient(const RegistryAddress& registry, std::chrono::seconds timeout,
                     HttpClient& next, const Environment& environment, const Files& files);

  Task<HttpResponse> send(HttpRequest request) override;

  /// Whether the registry has responded to anything.
  [[nodiscard]] bool has_answered() const { return has_answered_; }
  /// The HTTP version of its latest response; before the first one, kOne.
  [[nodiscard]] HttpVersion version() const { return version_; }
  /// Whether any CA certificates are trusted.
  [[nodiscard]] bool has_ca_certificates() const;

 private:
  std::string origin_;
  std::chrono::seconds timeout_;
  HttpClient& next_;
  const Environment& environment_;
  std::shared_ptr<const TlsSettings> tls_;
  std::shared_ptr<const TlsSettings> tls_elsewhere_;  // without the client certificate
  bool has_answered_ = false;
  HttpVersion version_ = HttpVersion::kOne;
};

}  // namespace dkr
