// Follows redirects, as registries send them to the storage that holds their blobs.
#pragma once

#include "net/http.h"

namespace dkr {

/// Follows up to five redirects of a GET or HEAD in a row (RFC 9110, section 15.4). A header
/// Authorization goes to the origin of the request's own URL alone, and the URLs of others are kept
/// secret, since they may carry a signature. Besides what the wrapped client throws, send() throws
/// Error kRefused for a redirect without end, one that is no http or https address or leads from
/// https to http, and one to a host that wants credentials.
class RedirectingClient final : public HttpClient {
 public:
  /// `next` must outlive this object.
  explicit RedirectingClient(HttpClient& next) : next_(next) {}

  Task<HttpResponse> send(HttpRequest request) override;

 private:
  HttpClient& next_;
};

}  // namespace dkr
