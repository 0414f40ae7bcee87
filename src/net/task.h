// A coroutine that computes a T, concurrently with others that wait for the network. One thread
// drives them all (see wait() in http.h), so no locks are needed.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace dkr {

/// Holds the result of a coroutine.
template <typename T>
struct TaskResult {
  std::optional<T> value;

  template <typename U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() { return std::move(*value); }
};

template <>
struct TaskResult<void> {
  void return_void() noexcept {}
  void take() noexcept {}
};

/// Starts when it is awaited, and may be awaited only once. Destroying it destroys the coroutine,
/// even while that is suspended.
template <typename T>
class [[nodiscard]] Task {
 public:
  struct promise_type : TaskResult<T> {
    std::coroutine_handle<> continuation = std::noop_coroutine();
    std::exception_ptr exception;

    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct Resume {
        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> done) noexcept {
          return done.promise().continuation;
        }
        void await_resume() noexcept {}
      };
      return Resume{};
    }
    void unhandled_exception() { exception = std::current_exception(); }
  };

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  /// Awaiting runs the task and returns its result, or throws what it threw.
  auto operator co_await() && noexcept {
    struct Awaiter {
      std::coroutine_handle<promise_type> handle;
      [[nodiscard]] bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept {
        handle.promise().continuation = waiter;
        return handle;
      }
      T await_resume() { return take(handle.promise()); }
    };
    return Awaiter{handle_};
  }

  /// For a task that nothing awaits: runs it until it first has to wait.
  void start() { handle_.resume(); }
  [[nodiscard]] bool done() const { return handle_.done(); }
  /// The result of a task that is done, or throws what it threw.
  T result() { return take(handle_.promise()); }

 private:
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}

  static T take(promise_type& promise) {
    if (promise.exception) std::rethrow_exception(promise.exception);
    return promise.TaskResult<T>::take();
  }

  std::coroutine_handle<promise_type> handle_;
};

}  // namespace dkr
