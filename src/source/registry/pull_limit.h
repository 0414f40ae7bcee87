// How many more pulls a registry allows, so that listing leaves most of them to the user.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/time.h"
#include "net/http.h"

namespace dkr {

/// Follows docs.docker.com/docker-hub/usage/pulls: responses tell `ratelimit-limit: 100;w=21600`
/// and `ratelimit-remaining: 76;w=21600`, pulls in a window of so many seconds; each GET of a
/// manifest counts as one, and HEAD does not. A fifth of the limit is left over. Limits that a
/// retry can wait for, by their window or by `ratelimit-reset`, do not count.
class PullLimit {
 public:
  /// `server` is the name of the registry for messages.
  explicit PullLimit(std::string server) : server_(std::move(server)) {}

  /// Reads the headers of `response`, which came at `now`.
  void note(const HttpResponse& response, Time now);

  /// Whether the registry has told a limit.
  [[nodiscard]] bool is_told() const { return most_.has_value(); }

  /// Counts a pull that is about to be sent. Throws Error kOutOfPulls when none should be:
  /// `Docker Hub allows 40 more pulls in 6 hours`.
  void take();

  /// Call when the response to a pull has come, or none will, before note().
  void finish() { ++finished_; }

 private:
  std::string server_;
  std::int64_t taken_ = 0;
  std::int64_t finished_ = 0;
  /// How many may be taken in all. A response does not say which pulls that are on their way the
  /// server has counted, so there is a least and a most.
  std::int64_t least_ = 0;
  std::optional<std::int64_t> most_;  ///< absent: no limit
  std::int64_t reserve_ = 0;          ///< how many are left over
  std::optional<std::chrono::seconds> window_;
};

}  // namespace dkr
