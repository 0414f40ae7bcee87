// Ends connections that keep libcurl busy without progress. libcurl reads HTTP/2 frames until some
// carry data or none are left, so a server that sends empty ones without a pause keeps it from
// returning, and from checking its own time limit.
#pragma once

#include <chrono>

#include <curl/curl.h>

#include "base/world.h"

namespace dkr {

/// Must outlive the connections of the transfers that it watches.
class StallGuard {
 public:
  explicit StallGuard(const Clock& clock) : clock_(clock) {}

  /// Has connections that `easy` opens with TLS, as all with HTTP/2 to other machines are, end
  /// after `limit` without progress within one call of libcurl. 0: no limit.
  void watch(CURL* easy, std::chrono::seconds limit);

  /// Must be called before each call of libcurl that receives, and for each part of a response.
  void note_progress() { progress_ = clock_.steady(); }

  /// Whether a connection was ended since forget().
  [[nodiscard]] bool has_ended_any() const { return has_ended_any_; }
  void forget() { has_ended_any_ = false; }

  /// Whether there was no progress for too long; has_ended_any() from then on.
  [[nodiscard]] bool is_stalled();

 private:
  const Clock& clock_;
  std::chrono::seconds limit_{0};
  std::chrono::steady_clock::time_point progress_;
  bool has_ended_any_ = false;
};

}  // namespace dkr
