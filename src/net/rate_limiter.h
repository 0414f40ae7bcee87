// Limits the rate of requests to what a server accepts.
#pragma once

#include <chrono>
#include <cstddef>

namespace dkr {

/// There is no limit until the server first refuses a request. From then on, requests are spaced
/// out by an interval, which doubles with each refusal and shrinks by 3% with each response.
/// Limiting the number of concurrent requests would not help, since servers limit requests per
/// second.
class RateLimiter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  /// Reserves the next slot and returns its time: `now` or later.
  TimePoint reserve(TimePoint now);

  /// Whether the server has asked for no requests at all at this time.
  [[nodiscard]] bool is_closed(TimePoint now) const { return now < closed_until_; }

  /// Call when the server has accepted a request.
  void record_answer();

  /// Call when the server has refused a request and wants no other before `wait` has passed.
  void record_refusal(TimePoint now, Duration wait);

 private:
  TimePoint closed_until_;
  TimePoint next_turn_;
  Duration interval_{0};
  TimePoint since_;          // when counting started
  std::size_t answers_ = 0;  // since `since_`
};

}  // namespace dkr
