// Runs two tasks concurrently.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include "net/task.h"
#include "net/task_group.h"

namespace dkr {

template <typename T>
Task<void> keep_result(Task<T>& task, std::optional<T>& result) {
  result.emplace(co_await std::move(task));
}

/// The results of both tasks, which run concurrently. Throws what one of them threw; the other one
/// is then destroyed.
template <typename A, typename B>
Task<std::pair<A, B>> both(Task<A> first, Task<B> second) {
  std::optional<A> a;
  std::optional<B> b;
  TaskGroup tasks([] { return std::size_t{2}; });
  tasks.add([&] { return keep_result(first, a); });
  tasks.add([&] { return keep_result(second, b); });
  co_await tasks.run();
  co_return std::pair<A, B>(std::move(*a), std::move(*b));
}

}  // namespace dkr
