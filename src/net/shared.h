// A value that one task computes and other tasks wait for.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

namespace dkr {

/// Awaiting it waits for the value and returns it, or throws the exception given to
/// set_exception(). Must outlive the tasks that wait for it.
template <typename T>
class Shared {
 public:
  Shared() = default;
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  void set(T value) {
    value_.emplace(std::move(value));
    resume_all();
  }
  void set_exception(std::exception_ptr exception) {
    exception_ = std::move(exception);
    resume_all();
  }

  auto operator co_await() const noexcept {
    struct Awaiter {
      const Shared& shared;
      [[nodiscard]] bool await_ready() const noexcept {
        return shared.value_.has_value() || shared.exception_ != nullptr;
      }
      void await_suspend(std::coroutine_handle<> waiter) { shared.waiters_.push_back(waiter); }
      [[nodiscard]] const T& await_resume() const {
        if (shared.exception_) std::rethrow_exception(shared.exception_);
        return *shared.value_;
      }
    };
    return Awaiter{*this};
  }

 private:
  void resume_all() {
    for (const auto waiter : std::exchange(waiters_, {})) waiter.resume();
  }

  std::optional<T> value_;
  std::exception_ptr exception_;
  mutable std::vector<std::coroutine_handle<>> waiters_;
};

}  // namespace dkr
