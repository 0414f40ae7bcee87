// Logs every request at DEBUG.
#pragma once

#include "base/log.h"
#include "base/world.h"
#include "net/http.h"

namespace dkr {

/// Forwards to `client` and logs each request with the response's status, its body's size in bytes
/// and the duration. Does not log headers, or parts of the URL that may be secret.
class LoggingClient final : public HttpClient {
 public:
  /// All three must outlive this object.
  LoggingClient(HttpClient& client, const Clock& clock, Log& log)
      : client_(client), clock_(clock), log_(log) {}

  Task<HttpResponse> send(HttpRequest request) override;

 private:
  HttpClient& client_;
  const Clock& clock_;
  Log& log_;
};

}  // namespace dkr
