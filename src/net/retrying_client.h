// Retries requests that fail for temporary reasons, at a rate that the server accepts.
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

/// If a server asks for a longer wait, a request is not retried.
inline constexpr std::chrono::minutes kMaxRetryWait{5};

/// A request that ends with a 502, 503 or 504, or with a closed connection, is sent up to five
/// times. After a 429, or one of these statuses with a Retry-After, all requests wait as long as
/// the server asks. Such a response is returned unchanged if it asks for more than five minutes, or
/// is the fifth in a row. Waits are logged at WARNING, but only one of those that overlap.
class RetryingClient final : public HttpClient {
 public:
  /// `server` is its name for messages: `localhost:5000`. The references must outlive this object.
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
