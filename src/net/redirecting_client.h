// Follows redirects, which registries use to point to the storage of their blobs.
#pragma once

#include "net/http.h"

namespace dkr {

/// Follows up to five consecutive redirects of a GET or HEAD (RFC 9110, section 15.4). The
/// Authorization header is only sent to the origin of the request's URL. URLs at other origins are
/// marked secret, since they may contain a signature. In addition to what the wrapped client
/// throws, send() throws Error kRefused for a sixth redirect, for one to an address that is not
/// http or https, for one from https to http unless HttpRequest::redirects allows it, and for one
/// to another origin that requires credentials.
class RedirectingClient final : public HttpClient {
 public:
  /// `next` must outlive this object.
  explicit RedirectingClient(HttpClient& next) : next_(next) {}

  Task<HttpResponse> send(HttpRequest request) override;

 private:
  HttpClient& next_;
};

}  // namespace dkr
