#include "net/task_group.h"

#include <chrono>
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

  ScriptedHttp client_;
  std::vector<std::string> events_;
  int running_ = 0;
  int most_ = 0;
};

TEST_F(TaskGroupTest, RunsTasksBesideEachOther) {
  TaskGroup group(10);
  group.add([this] { return task("a", milliseconds(2)); });
  group.add([this] { return task("b", milliseconds(1)); });
  EXPECT_THAT(events_, ElementsAre());
  wait(client_, group);
  EXPECT_THAT(events_, ElementsAre("+a", "+b", "-b", "-a"));
}

TEST_F(TaskGroupTest, StartsThemInTheirOrderAndNotTooManyAtATime) {
  TaskGroup group(2);
  for (const std::string name : {"a", "b", "c", "d"}) {
    group.add([this, name] { return task(name, milliseconds(name == "a" ? 10 : 1)); });
  }
  wait(client_, group);
  EXPECT_THAT(events_, ElementsAre("+a", "+b", "-b", "+c", "-c", "+d", "-d", "-a"));
  EXPECT_EQ(most_, 2);
}

TEST_F(TaskGroupTest, RunsWhatItsTasksAdd) {
  TaskGroup group(1);
  group.add([this, &group] { return parent(group); });
  wait(client_, group);
  EXPECT_THAT(events_, ElementsAre("+parent", "-parent", "+child", "-child"));
}

TEST_F(TaskGroupTest, MayRunMoreWhenItsLimitGrows) {
  TaskGroup group(1);
  for (int i = 0; i < 4; ++i) group.add([this] { return task("x", milliseconds(1)); });
  EXPECT_TRUE(group.advance());
  EXPECT_EQ(running_, 1);
  group.set_limit(3);
  EXPECT_TRUE(group.advance());
  EXPECT_EQ(running_, 3);
  wait(client_, group);
  EXPECT_EQ(most_, 3);
}

TEST_F(TaskGroupTest, ThrowsWhatATaskThrewAndGivesTheOthersUp) {
  {
    TaskGroup group(10);
    group.add([this] { return failing_task(); });
    group.add([this] { return task("slow", milliseconds(10)); });
    EXPECT_THROW(wait(client_, group), std::runtime_error);
  }
  EXPECT_THAT(events_, ElementsAre("+slow"));
}

TEST_F(TaskGroupTest, RunsManyTasksThatNeverWait) {
  int count = 0;
  const auto at_once = [](int& counter) -> Task<void> {
    ++counter;
    co_return;
  };
  TaskGroup group(1);
  for (int i = 0; i < 100'000; ++i) group.add([&] { return at_once(count); });
  wait(client_, group);
  EXPECT_EQ(count, 100'000);
}

TEST_F(TaskGroupTest, IsDoneWhenThereIsNothingToDo) {
  TaskGroup group(1);
  EXPECT_FALSE(group.advance());
}

}  // namespace
}  // namespace dkr
