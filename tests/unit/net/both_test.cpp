#include "net/both.h"

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "support/scripted_http.h"

namespace dkr {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

class BothTest : public testing::Test {
 protected:
  Task<std::string> named(std::string name, milliseconds duration) {
    events_.push_back("+" + name);
    co_await client_.sleep(duration);
    events_.push_back("-" + name);
    co_return name;
  }
  Task<int> failing(milliseconds duration) {
    co_await client_.sleep(duration);
    throw std::runtime_error("broken");
  }

  ScriptedHttp client_;
  std::vector<std::string> events_;
};

TEST_F(BothTest, RunsTasksBesideEachOther) {
  const auto result = wait(client_, both(named("a", milliseconds(2)), named("b", milliseconds(1))));
  EXPECT_EQ(result, (std::pair<std::string, std::string>("a", "b")));
  EXPECT_THAT(events_, ElementsAre("+a", "+b", "-b", "-a"));
}

TEST_F(BothTest, ThrowsWhatOneThrewAndGivesTheOtherUp) {
  EXPECT_THROW(wait(client_, both(named("a", milliseconds(2)), failing(milliseconds(1)))),
               std::runtime_error);
  EXPECT_THAT(events_, ElementsAre("+a"));
}

TEST_F(BothTest, ThrowsWhatTheFirstThrewToo) {
  EXPECT_THROW(wait(client_, both(failing(milliseconds(1)), named("b", milliseconds(2)))),
               std::runtime_error);
  EXPECT_THAT(events_, ElementsAre("+b"));
}

}  // namespace
}  // namespace dkr
