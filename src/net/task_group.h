// Runs many tasks concurrently, with a limit.
#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <iterator>
#include <list>
#include <utility>
#include <vector>

#include "net/task.h"

namespace dkr {

/// Decides which waiting task starts first.
enum class Priority { kNormal, kHigh };

class TaskGroup {
 public:
  /// `limit` returns how many tasks may run at the same time, 1 or more. It is called before each
  /// task starts, so the limit may change.
  explicit TaskGroup(std::function<std::size_t()> limit) : limit_(std::move(limit)) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Queues a task: calls `start` when it is its turn and runs the task that it returns. Tasks with
  /// high priority start first, otherwise in the order in which they were added. A running task may
  /// add others.
  void add(std::function<Task<void>()> start, Priority priority = Priority::kNormal) {
    (priority == Priority::kHigh ? urgent_ : waiting_).push_back(std::move(start));
  }

  /// Runs all tasks, and those that they add, to completion. Throws what one of them threw;
  /// the remaining tasks are then destroyed with the group. If run() itself is destroyed before its
  /// end, running tasks go on until the group is destroyed.
  Task<void> run() {
    while (true) {
      remove_ended();
      start_waiting();
      if (running_.empty()) co_return;
      co_await NextEnd(*this);
    }
  }

 private:
  /// A running task, which notifies the group when it ends.
  struct Member {
    struct promise_type {
      TaskGroup& group;
      std::list<Member>::iterator position;  // in running_
      std::exception_ptr exception;

      promise_type(TaskGroup& owner, std::function<Task<void>()>& /*start*/) : group(owner) {}
      Member get_return_object() {
        return Member(std::coroutine_handle<promise_type>::from_promise(*this));
      }
      std::suspend_always initial_suspend() noexcept { return {}; }
      auto final_suspend() noexcept {
        struct ResumeGroup {
          bool await_ready() noexcept { return false; }
          std::coroutine_handle<> await_suspend(
              std::coroutine_handle<promise_type> ended) noexcept {
            promise_type& promise = ended.promise();
            promise.group.ended_.push_back(promise.position);
            return std::exchange(promise.group.waiter_, std::noop_coroutine());
          }
          void await_resume() noexcept {}
        };
        return ResumeGroup{};
      }
      void return_void() noexcept {}
      void unhandled_exception() { exception = std::current_exception(); }
    };

    explicit Member(std::coroutine_handle<promise_type> coroutine) : handle(coroutine) {}
    Member(Member&& other) noexcept : handle(std::exchange(other.handle, {})) {}
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    Member& operator=(Member&&) = delete;
    ~Member() {
      if (handle) handle.destroy();
    }
    std::coroutine_handle<promise_type> handle;
  };

  /// Waits until a member ends. While run() is not suspended, a member that ends resumes nothing,
  /// so that tasks never end within one another.
  struct NextEnd {
    TaskGroup& group;
    explicit NextEnd(TaskGroup& of) : group(of) {}
    NextEnd(const NextEnd&) = delete;
    NextEnd& operator=(const NextEnd&) = delete;
    /// The waiter may be destroyed while it waits.
    ~NextEnd() { group.waiter_ = std::noop_coroutine(); }
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) noexcept { group.waiter_ = waiter; }
    void await_resume() noexcept {}
  };

  Member member(std::function<Task<void>()> start) { co_await start(); }

  void remove_ended() {
    while (!ended_.empty()) {
      const auto member = ended_.back();
      ended_.pop_back();
      const std::exception_ptr exception = member->handle.promise().exception;
      running_.erase(member);
      if (exception) std::rethrow_exception(exception);
    }
  }

  void start_waiting() {
    while (running_.size() < limit_()) {
      auto& queue = urgent_.empty() ? waiting_ : urgent_;
      if (queue.empty()) return;
      auto start = std::move(queue.front());
      queue.pop_front();
      const auto task = running_.insert(running_.end(), member(std::move(start)));
      task->handle.promise().position = task;
      task->handle.resume();
      remove_ended();
    }
  }

  std::function<std::size_t()> limit_;
  std::deque<std::function<Task<void>()>> urgent_;
  std::deque<std::function<Task<void>()>> waiting_;
  std::coroutine_handle<> waiter_ = std::noop_coroutine();
  std::list<Member> running_;
  std::vector<std::list<Member>::iterator> ended_;  // of running_
};

}  // namespace dkr
