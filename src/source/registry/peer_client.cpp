#include "source/registry/peer_client.h"

#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "docker/certificates.h"
#include "net/proxy.h"
#include "net/url.h"

namespace dkr {
namespace {

/// The kind that an error of another host, which the registry depends on, has for the user.
ErrorKind kind_elsewhere(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kDisconnected:
      return kind;
    case ErrorKind::kTooLarge:
    case ErrorKind::kMalformed:
      return ErrorKind::kRefused;
    default:
      return ErrorKind::kBusy;
  }
}

std::shared_ptr<const TlsSettings> without_certificate(
    const std::shared_ptr<const TlsSettings>& settings) {
  TlsSettings others = *settings;
  others.certificate.clear();
  others.key.clear();
  return std::make_shared<const TlsSettings>(std::move(others));
}

}  // namespace

RegistryPeerClient::RegistryPeerClient(const RegistryAddress& registry,
                                       std::chrono::seconds timeout, HttpClient& next,
                                       const Environment& environment, const Files& files)
    : origin_(origin_of(registry.base_url)),
      timeout_(timeout),
      next_(next),
      environment_(environment),
      tls_(find_certificates(registry.name, environment, files)),
      tls_elsewhere_(without_certificate(tls_)) {}

Task<HttpResponse> RegistryPeerClient::send(HttpRequest request) {
  const std::string origin = origin_of(request.url);
  const bool is_registry = origin == origin_;
  request.peer.proxy = find_proxy(request.url, environment_);
  request.peer.stall_timeout = timeout_;
  request.peer.tls = is_registry ? tls_ : tls_elsewhere_;
  request.headers.emplace_back("User-Agent", "dkr-ls");
  try {
    HttpResponse response = co_await next_.send(std::move(request));
    if (is_registry) {
      has_answered_ = true;
      version_ = response.version;
    }
    co_return response;
  } catch (const Error& error) {
    if (is_registry) throw;
    // Hints about the registry would be wrong for this host.
    throw Error(kind_elsewhere(error.kind()),
                fmt::format("{}, where the registry sends us: {}", origin, error.what()),
                "the registry works only together with that host");
  }
}

bool RegistryPeerClient::has_ca_certificates() const {
  return !tls_->ca_file.empty() || !tls_->ca_directory.empty() || !tls_->ca_certificates.empty();
}

}  // namespace dkr
