// How fast a server wants to be asked, as far as it lets us know by refusing.
#pragma once

#include <chrono>
#include <cstddef>

namespace dkr {

/// As fast as we like, until the first refusal. From then on requests go out one by one, so far
/// apart as the server has shown to bear: twice as far with each refusal, and a little nearer with
/// each answer, which is how TCP finds its rate too. Fewer requests at a time would not help where
/// so many a second are allowed.
class Pace {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  /// When the next request may go: `now`, or later. The one after it is then put off accordingly.
  TimePoint reserve(TimePoint now);

  /// Whether the server wants not to be asked at all now.
  [[nodiscard]] bool is_closed(TimePoint now) const { return now < closed_until_; }

  /// The server has answered a request.
  void note_answer();

  /// The server has refused a request, and may be asked again in `wait`.
  void note_refusal(TimePoint now, Duration wait);

 private:
  TimePoint closed_until_;
  TimePoint next_turn_;
  Duration interval_{0};
  TimePoint since_;          // of the count
  std::size_t answers_ = 0;  // since then
};

}  // namespace dkr
