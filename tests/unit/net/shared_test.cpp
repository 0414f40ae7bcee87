#include "net/shared.h"

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "net/task.h"

namespace dkr {
namespace {

Task<std::string> value_of(const Shared<std::string>& shared) { co_return co_await shared; }

TEST(Shared, GivesItsValueToAllThatWait) {
  Shared<std::string> shared;
  std::vector<Task<std::string>> tasks;
  for (int i = 0; i < 3; ++i) tasks.push_back(value_of(shared));
  for (auto& task : tasks) {
    task.start();
    EXPECT_FALSE(task.done());
  }
  shared.set("value");
  for (auto& task : tasks) {
    ASSERT_TRUE(task.done());
    EXPECT_EQ(task.result(), "value");
  }
}

TEST(Shared, GivesItsValueAtOnceWhereItIsThere) {
  Shared<std::string> shared;
  shared.set("value");
  auto task = value_of(shared);
  task.start();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.result(), "value");
}

TEST(Shared, ThrowsWhatItWasGivenAtAllThatWaitAndThatCome) {
  Shared<std::string> shared;
  auto early = value_of(shared);
  early.start();
  shared.set_exception(std::make_exception_ptr(std::runtime_error("broken")));
  ASSERT_TRUE(early.done());
  EXPECT_THROW(early.result(), std::runtime_error);
  auto late = value_of(shared);
  late.start();
  EXPECT_THROW(late.result(), std::runtime_error);
}

Task<int> wait_twice(const Shared<int>& first, Shared<int>& second) {
  const int value = co_await first;
  second.set(value + 1);
  co_return co_await second;
}

TEST(Shared, MayBeWaitedForByWhomItResumes) {
  Shared<int> first;
  Shared<int> second;
  auto task = wait_twice(first, second);
  task.start();
  first.set(1);
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.result(), 2);
}

Task<int> value_of(const Shared<std::unique_ptr<int>>& shared) {
  const auto& pointer = co_await shared;
  co_return *pointer;
}

TEST(Shared, CopiesNothing) {
  Shared<std::unique_ptr<int>> shared;
  shared.set(std::make_unique<int>(7));
  for (int i = 0; i < 2; ++i) {
    auto task = value_of(shared);
    task.start();
    EXPECT_EQ(task.result(), 7);
  }
}

}  // namespace
}  // namespace dkr
