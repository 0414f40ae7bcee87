// Runs work once for all tasks that need its result.
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/digest.h"
#include "base/error.h"
#include "net/shared.h"
#include "net/task.h"

namespace dkr {

/// Fetches content by digest, with at most one fetch per digest at a time. If a fetch throws Error
/// or finds nothing for one requester, those waiting try their own requesters in turn; a requester
/// that failed is not tried again. Results are not kept: that is up to the caller.
/// All requests for a digest must fetch the same thing.
template <typename T>
class SingleFlight {
 public:
  /// The result of `fetch`, or of another fetch of `digest` that is in progress. Absent when
  /// `fetch` finds nothing. Throws what `fetch` throws.
  Task<std::optional<T>> get(Digest digest, std::string requester,
                             std::function<Task<std::optional<T>>()> fetch) {
    const std::pair key(std::move(requester), digest);
    while (true) {
      if (const auto failed = failed_.find(key); failed != failed_.end()) {
        if (failed->second) std::rethrow_exception(failed->second);
        co_return std::nullopt;
      }
      const auto flight = in_flight_.find(digest);
      if (flight == in_flight_.end()) break;
      const auto other = flight->second;
      try {
        const std::optional<T>& found = co_await *other;
        if (found) co_return found;
      } catch (const Error&) {
        // The fetch for our own requester may still succeed.
      }
    }
    const auto own = std::make_shared<Shared<std::optional<T>>>();
    in_flight_.emplace(digest, own);
    std::exception_ptr failure;
    try {
      std::optional<T> found = co_await fetch();
      in_flight_.erase(digest);
      if (!found) failed_.emplace(key, nullptr);
      own->set(found);
      co_return found;
    } catch (...) {
      failure = std::current_exception();
    }
    in_flight_.erase(digest);
    failed_.emplace(key, failure);
    own->set_exception(failure);
    std::rethrow_exception(failure);
  }

 private:
  std::unordered_map<Digest, std::shared_ptr<Shared<std::optional<T>>>> in_flight_;
  /// By requester and digest: the exception, or null if nothing was found.
  std::map<std::pair<std::string, Digest>, std::exception_ptr> failed_;
};

}  // namespace dkr
