#include "net/task_group.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "support/scripted_http.h"

namespace dkr {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

std::function<std::size_t()> at_most(std::size_t limit) {
  return [limit] { return limit; };
}

/// What tasks that last some time do, in order.
class TaskGroupTest : public testing::Test {
 protected:
  Task<void> task(std::string name, milliseconds duration) {
    events_.push_back("+" + name);
    ++running_;
    most_ = std::max(most_, running_);
    co_await client_.sleep(duration);
    --running_;
    events_.push_back("-" + name);
  }
  Task<void> failing_task() {
    co_await client_.sleep(milliseconds(5));
    throw std::runtime_error("broken");
  }
  Task<void> parent(TaskGroup& group) {
    co_await task("parent", milliseconds(1));
    group.add([this] { return task("child", milliseconds(1)); });
  }

  void wait_for(Task<void>& task) {
    while (!task.done()) client_.poll();
    task.result();
  }

  ScriptedHttp client_;
  std::vector<std::string> events_;
  int running_ = 0;
  int most_ = 0;
};

TEST_F(TaskGroupTest, RunsTasksBesideEachOther) {
  TaskGroup group(at_most(10));
  group.add([this] { return task("a", milliseconds(2)); });
  group.add([this] { return task("b", milliseconds(1)); });
  EXPECT_THAT(events_, ElementsAre());
  wait(client_, group.run());
  EXPECT_THAT(events_, ElementsAre("+a", "+b", "-b", "-a"));
}

TEST_F(TaskGroupTest, StartsThemInTheirOrderAndNotTooManyAtATime) {
  TaskGroup group(at_most(2));
  for (const std::string name : {"a", "b", "c", "d"}) {
    group.add([this, name] { return task(name, milliseconds(name == "a" ? 10 : 1)); });
  }
  wait(client_, group.run());
  EXPECT_THAT(events_, ElementsAre("+a", "+b", "-b", "+c", "-c", "+d", "-d", "-a"));
  EXPECT_EQ(most_, 2);
}

TEST_F(TaskGroupTest, RunsWhatItsTasksAdd) {
  TaskGroup group(at_most(1));
  group.add([this, &group] { return parent(group); });
  wait(client_, group.run());
  EXPECT_THAT(events_, ElementsAre("+parent", "-parent", "+child", "-child"));
}

TEST_F(TaskGroupTest, MayRunMoreWhenItsLimitGrows) {
  std::size_t limit = 1;
  TaskGroup group([&] { return limit; });
  for (int i = 0; i < 5; ++i) group.add([this] { return task("x", milliseconds(1)); });
  auto all = group.run();
  all.start();
  EXPECT_EQ(running_, 1);
  limit = 3;
  client_.poll();
  EXPECT_EQ(running_, 3);
  wait_for(all);
  EXPECT_EQ(most_, 3);
}

TEST_F(TaskGroupTest, StartsUrgentTasksFirst) {
  TaskGroup group(at_most(1));
  group.add([this] { return task("a", milliseconds(1)); });
  group.add([this] { return task("b", milliseconds(1)); });
  group.add([this] { return task("urgent", milliseconds(1)); }, Priority::kHigh);
  group.add([this] { return task("urgent too", milliseconds(1)); }, Priority::kHigh);
  wait(client_, group.run());
  EXPECT_THAT(events_, ElementsAre("+urgent", "-urgent", "+urgent too", "-urgent too", "+a", "-a",
                                   "+b", "-b"));
}

/// As where two sources are listed at the same time.
TEST_F(TaskGroupTest, RunsBesideOtherGroups) {
  TaskGroup one(at_most(1));
  TaskGroup two(at_most(1));
  for (const std::string name : {"a", "b"}) {
    one.add([this, name] { return task("1" + name, milliseconds(2)); });
    two.add([this, name] { return task("2" + name, milliseconds(3)); });
  }
  auto first = one.run();
  auto second = two.run();
  first.start();
  second.start();
  wait_for(first);
  wait_for(second);
  EXPECT_THAT(events_, ElementsAre("+1a", "+2a", "-1a", "+1b", "-2a", "+2b", "-1b", "-2b"));
}

TEST_F(TaskGroupTest, ThrowsWhatATaskThrewAndGivesTheOthersUp) {
  {
    TaskGroup group(at_most(10));
    group.add([this] { return failing_task(); });
    group.add([this] { return task("slow", milliseconds(10)); });
    EXPECT_THROW(wait(client_, group.run()), std::runtime_error);
  }
  EXPECT_THAT(events_, ElementsAre("+slow"));
}

/// As where another source fails, so that nobody waits for this one any more.
TEST_F(TaskGroupTest, LetsTasksEndThatNobodyWaitsFor) {
  TaskGroup group(at_most(1));
  group.add([this] { return task("a", milliseconds(1)); });
  group.add([this] { return task("b", milliseconds(1)); });
  {
    auto all = group.run();
    all.start();
  }
  client_.poll();
  EXPECT_THAT(events_, ElementsAre("+a", "-a"));
}

TEST_F(TaskGroupTest, RunsManyTasksThatNeverWait) {
  int count = 0;
  const auto at_once = [](int& counter) -> Task<void> {
    ++counter;
    co_return;
  };
  TaskGroup group(at_most(1));
  for (int i = 0; i < 100'000; ++i) group.add([&] { return at_once(count); });
  wait(client_, group.run());
  EXPECT_EQ(count, 100'000);
}

TEST_F(TaskGroupTest, IsDoneWhenThereIsNothingToDo) {
  TaskGroup group(at_most(1));
  auto all = group.run();
  all.start();
  EXPECT_TRUE(all.done());
}

}  // namespace
}  // namespace dkr
