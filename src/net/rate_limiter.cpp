#include "net/rate_limiter.h"

#include <algorithm>

namespace dkr {

RateLimiter::TimePoint RateLimiter::reserve(TimePoint now) {
  if (since_ == TimePoint()) since_ = now;
  const TimePoint turn = std::max({now, closed_until_, next_turn_});
  next_turn_ = turn + interval_;
  return turn;
}

void RateLimiter::record_answer() {
  ++answers_;
  interval_ = interval_ * 97 / 100;
}

void RateLimiter::record_refusal(TimePoint now, Duration wait) {
  constexpr Duration kMinInterval = std::chrono::milliseconds(1);
  constexpr Duration kDefaultInterval = std::chrono::milliseconds(10);
  constexpr Duration kMaxInterval = std::chrono::seconds(1);
  constexpr Duration::rep kMinAnswers = 10;  // enough to measure the server's rate
  const auto answers = static_cast<Duration::rep>(answers_);
  const Duration measured = answers >= kMinAnswers ? (now - since_) / answers : kDefaultInterval;
  interval_ = std::clamp(2 * std::max(interval_, measured), kMinInterval, kMaxInterval);
  closed_until_ = now + wait;
  since_ = closed_until_;
  answers_ = 0;
}

}  // namespace dkr
