#include "net/rate_limiter.h"

#include <algorithm>

namespace dkr {

Pace::TimePoint Pace::reserve(TimePoint now) {
  if (since_ == TimePoint()) since_ = now;
  const TimePoint turn = std::max({now, closed_until_, next_turn_});
  next_turn_ = turn + interval_;
  return turn;
}

void Pace::note_answer() {
  ++answers_;
  interval_ = interval_ * 97 / 100;
}

void Pace::note_refusal(TimePoint now, Duration wait) {
  constexpr Duration kShortest = std::chrono::milliseconds(1);
  constexpr Duration kUsual = std::chrono::milliseconds(10);
  constexpr Duration kLongest = std::chrono::seconds(1);
  constexpr Duration::rep kEnough = 10;  // answers that say something about the server
  const auto answers = static_cast<Duration::rep>(answers_);
  const Duration borne = answers >= kEnough ? (now - since_) / answers : kUsual;
  interval_ = std::clamp(2 * std::max(interval_, borne), kShortest, kLongest);
  closed_until_ = now + wait;
  since_ = closed_until_;
  answers_ = 0;
}

}  // namespace dkr
