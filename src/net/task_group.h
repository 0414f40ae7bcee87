// Many tasks beside each other, a bounded number at a time.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <iterator>
#include <list>
#include <utility>

#include "net/http.h"
#include "net/task.h"

namespace dkr {

class TaskGroup {
 public:
  /// At most `limit` tasks, 1 or more, run at a time.
  explicit TaskGroup(std::size_t limit) : limit_(limit) {}

  void set_limit(std::size_t limit) { limit_ = limit; }

  /// Calls `start` when its turn comes, first come, first served, and runs the task that it gives.
  /// A running task may add others.
  void add(std::function<Task<void>()> start) { waiting_.push_back(std::move(start)); }

  /// Removes the tasks that have ended and starts as many as there is room for; false when none is
  /// left. Throws what a task threw.
  bool advance() {
    while (true) {
      for (auto task = running_.begin(); task != running_.end();) {
        if (task->done()) task->result();
        task = task->done() ? running_.erase(task) : std::next(task);
      }
      if (waiting_.empty() || running_.size() >= limit_) return !running_.empty();
      while (!waiting_.empty() && running_.size() < limit_) {
        const auto start = std::move(waiting_.front());
        waiting_.pop_front();
        running_.push_back(start());
        running_.back().start();
      }
    }
  }

 private:
  std::size_t limit_;
  std::deque<std::function<Task<void>()>> waiting_;
  std::list<Task<void>> running_;
};

/// Runs all tasks of `group`, and those that they add, to their end. Throws what one of them threw;
/// the others are then given up when the group goes.
inline void wait(HttpClient& client, TaskGroup& group) {
  while (group.advance()) client.poll();
}

}  // namespace dkr
