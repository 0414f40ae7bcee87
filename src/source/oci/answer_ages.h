// How old answers from the cache may be, and how old those were that were used.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/text.h"
#include "base/time.h"

namespace dkr {

class AnswerAges {
 public:
  /// An answer is recent if the question was sent at most `max_stale` ago; if that is absent, none
  /// is.
  explicit AnswerAges(std::optional<std::chrono::minutes> max_stale) : max_stale_(max_stale) {}

  /// Whether any answer can be recent.
  [[nodiscard]] bool may_be_used() const { return max_stale_.has_value(); }
  [[nodiscard]] bool is_recent(Time asked, Time now) const {
    return max_stale_ && asked <= now && asked >= now - *max_stale_;
  }

  /// Notes that an answer was used.
  void note_used(Time asked) { oldest_ = std::min(oldest_.value_or(asked), asked); }
  [[nodiscard]] bool are_used() const { return oldest_.has_value(); }
  /// How old the oldest of those that were used is: `3 minutes`.
  [[nodiscard]] std::string oldest(Time now) const {
    constexpr std::chrono::minutes kMinute{1};
    const auto age = now - oldest_.value_or(now);
    if (age < 2 * kMinute) {
      return counted(static_cast<std::uint64_t>(age.count()), "second", "seconds");
    }
    return counted(static_cast<std::uint64_t>(age / kMinute), "minute", "minutes");
  }

 private:
  std::optional<std::chrono::minutes> max_stale_;
  std::optional<Time> oldest_;
};

}  // namespace dkr
