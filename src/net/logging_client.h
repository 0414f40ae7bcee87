// Tells the log, at DEBUG, of every request that goes through it.
#pragma once

#include "base/log.h"
#include "base/world.h"
#include "net/http.h"

namespace dkr {

/// Forwards to `client` and logs each request with its status, the bytes of its body and its
/// duration, but neither headers nor what may be secret in its URL.
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
