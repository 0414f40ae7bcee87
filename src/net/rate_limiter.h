// How many requests a second a server accepts, as far as it lets us know by refusing.
#pragma once

#include <chrono>
#include <cstddef>

namespace dkr {

/// No limit until the first refusal. From then on requests go out one by one: with each refusal the
/// interval between them doubles, and with each answer it shrinks a little (additive increase,
/// multiplicative decrease, which is how TCP finds its rate). Fewer requests at a time would not
/// help where a server accepts so many a second.
class RateLimiter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  /// When the next request may go: `now`, or later. The one after it is then put off accordingly.
  TimePoint reserve(TimePoint now);

  /// Whether the server wants not to be asked at all now.
  [[nodiscard]] bool is_closed(TimePoint now) const { return now < closed_until_; }

  /// The server has answered a request.
  void record_answer();

  /// The server has refused a request, and may be asked again in `wait`.
  void record_refusal(TimePoint now, Duration wait);

 private:
  TimePoint closed_until_;
  TimePoint next_turn_;
  Duration interval_{0};
  TimePoint since_;          // of the count
  std::size_t answers_ = 0;  // since then
};

}  // namespace dkr
