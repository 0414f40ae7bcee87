#include "net/retrying_client.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "net/http_status.h"
#include "net/retry.h"

namespace dkr {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr int kMaxAttempts = 5;

/// Whether the server asks for fewer requests in general, not only to retry this one later.
bool is_rate_limit(const HttpResponse& response) {
  return response.status == http_status::kTooManyRequests ||
         (is_transient(response.status) && response.header("retry-after"));
}

}  // namespace

RetryingClient::RetryingClient(std::string server, HttpClient& next, EventLoop& loop,
                               const Clock& clock, Log& log)
    : server_(std::move(server)),
      next_(next),
      loop_(loop),
      clock_(clock),
      log_(log),
      random_(
          static_cast<std::minstd_rand::result_type>(clock.steady().time_since_epoch().count())) {}

Task<HttpResponse> RetryingClient::send(HttpRequest request) {
  for (int failures = 0;;) {
    std::optional<milliseconds> wait;
    try {
      HttpResponse response = co_await send_in_turn(request);
      if (is_rate_limit(response)) {
        if (!accept_refusal(response)) co_return response;
        continue;  // send_in_turn() waits
      }
      if (is_transient(response.status)) {
        wait = next_wait(++failures, fmt::format("answered with HTTP status {}", response.status));
      }
      if (!wait) co_return response;
    } catch (const Error& error) {
      const bool is_cut_off = error.kind() == ErrorKind::kDisconnected;
      if (is_cut_off) wait = next_wait(++failures, "closed the connection");
      if (!wait) throw;
      request.connection = Connection::kNew;
    }
    co_await loop_.sleep(*wait);
  }
}

/// Waits for a slot before sending, and again if the server has refused other requests meanwhile.
Task<HttpResponse> RetryingClient::send_in_turn(HttpRequest request) {
  do {
    const auto now = clock_.steady();
    const auto turn = limiter_.reserve(now);
    if (turn > now) co_await loop_.sleep(std::chrono::ceil<milliseconds>(turn - now));
  } while (limiter_.is_closed(clock_.steady()));
  HttpResponse response = co_await next_.send(std::move(request));
  if (!is_transient(response.status)) {
    refusals_ = 0;
    limiter_.record_answer();
  }
  co_return response;
}

/// Makes all requests wait as `response` asks; false if the wait is too long or this is one refusal
/// too many.
bool RetryingClient::accept_refusal(const HttpResponse& response) {
  const auto now = clock_.steady();
  const auto asked = retry_after(response, clock_.now());
  if (asked > kMaxRetryWait) return false;
  // Requests that were in flight at the same time are refused for the same reason: count them once.
  if (limiter_.is_closed(now)) return true;
  if (++refusals_ >= kMaxAttempts) return false;
  const milliseconds wait =
      std::max(back_off(refusals_, random()), milliseconds(asked.value_or(seconds(0))));
  limiter_.record_refusal(now, wait);
  log_wait(fmt::format("HTTP status {}, too many requests", response.status), wait);
  return true;
}

/// How long to wait before the next attempt after `failures` failed ones; absent when there is
/// none.
std::optional<milliseconds> RetryingClient::next_wait(int failures, std::string_view cause) {
  if (failures == kMaxAttempts) return std::nullopt;
  const auto wait = back_off(failures, random());
  log_wait(cause, wait);
  return wait;
}

void RetryingClient::log_wait(std::string_view cause, milliseconds wait) {
  const auto now = clock_.steady();
  const auto level = now < logged_until_ ? LogLevel::kDebug : LogLevel::kWarning;
  if (level == LogLevel::kWarning) logged_until_ = now + std::max(wait, milliseconds(seconds(1)));
  log_.log(level, "{}: {}; waiting {:.1f} s before asking again", server_, cause,
           std::chrono::duration<double>(wait).count());
}

double RetryingClient::random() { return std::generate_canonical<double, 32>(random_); }

}  // namespace dkr
