// Tries requests again that fail for a reason that may pass, no faster than the server accepts.
#pragma once

#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/world.h"
#include "net/http.h"
#include "net/rate_limiter.h"

namespace dkr {

/// Sends a request up to five times: after a 429, 502, 503 or 504, and after a connection that
/// broke off. All requests wait as long as a server asks (Retry-After), up to five minutes; the
/// answer of one that asks for more is given as it is. Each wait is logged at WARNING, those for
/// the same reason at the same time once.
class RetryingClient final : public HttpClient {
 public:
  /// `server` is what messages call it: `localhost:5000`. The references must outlive this object.
  RetryingClient(std::string server, HttpClient& next, EventLoop& loop, const Clock& clock,
                 Log& log);

  Task<HttpResponse> send(HttpRequest request) override;

 private:
  Task<HttpResponse> send_in_turn(HttpRequest request);
  bool accept_refusal(const HttpResponse& response);
  std::optional<std::chrono::milliseconds> next_wait(int failures, std::string_view cause);
  void log_wait(std::string_view cause, std::chrono::milliseconds wait);
  [[nodiscard]] double random();

  std::string server_;
  HttpClient& next_;
  EventLoop& loop_;
  const Clock& clock_;
  Log& log_;
  RateLimiter limiter_;
  std::chrono::steady_clock::time_point logged_until_;
  int refusals_ = 0;  // in a row
  std::minstd_rand random_;
};

}  // namespace dkr
