#include "net/single_flight.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "support/scripted_http.h"

namespace dkr {
namespace {

using testing::ElementsAre;

/// Fetches that take a while, and are counted by who asks.
class SingleFlightTest : public testing::Test {
 protected:
  Task<std::optional<std::string>> fetch(std::string requester, std::string outcome) {
    fetched_.push_back(requester);
    co_await loop_.sleep(std::chrono::milliseconds(1));
    if (outcome == "error") throw Error(ErrorKind::kRefused, "no");
    if (outcome == "nothing") co_return std::nullopt;
    co_return outcome;
  }

  /// What becomes of requests that are made at the same time: each by `first` with the outcome
  /// `second`.
  std::vector<std::string> get(const std::vector<std::pair<std::string, std::string>>& requests) {
    std::vector<Task<std::optional<std::string>>> tasks;
    for (const auto& [requester, outcome] : requests) {
      tasks.push_back(flights_.get(Digest("d"), requester,
                                   [this, r = requester, o = outcome] { return fetch(r, o); }));
    }
    for (auto& task : tasks) task.start();
    std::vector<std::string> results;
    for (auto& task : tasks) {
      while (!task.done()) loop_.poll();
      try {
        results.push_back(task.result().value_or("nothing"));
      } catch (const Error&) {
        results.emplace_back("error");
      }
    }
    return results;
  }

  ScriptedHttp loop_;
  SingleFlight<std::string> flights_;
  std::vector<std::string> fetched_;
};

TEST_F(SingleFlightTest, FetchesOnceForAllThatAskAtTheSameTime) {
  EXPECT_THAT(get({{"a", "x"}, {"a", "y"}, {"b", "z"}}), ElementsAre("x", "x", "x"));
  EXPECT_THAT(fetched_, ElementsAre("a"));
}

TEST_F(SingleFlightTest, RemembersNothingThatWasFound) {
  EXPECT_THAT(get({{"a", "x"}}), ElementsAre("x"));
  EXPECT_THAT(get({{"a", "y"}}), ElementsAre("y"));
}

TEST_F(SingleFlightTest, AsksTheNextRequesterWhereOneFailsOrFindsNothing) {
  EXPECT_THAT(get({{"a", "error"}, {"b", "nothing"}, {"c", "x"}, {"d", "y"}}),
              ElementsAre("error", "nothing", "x", "x"));
  EXPECT_THAT(fetched_, ElementsAre("a", "b", "c"));
}

TEST_F(SingleFlightTest, DoesNotTryTheSameRequesterAgain) {
  EXPECT_THAT(get({{"a", "error"}, {"a", "x"}, {"b", "nothing"}, {"b", "y"}}),
              ElementsAre("error", "error", "nothing", "nothing"));
  EXPECT_THAT(get({{"a", "x"}, {"b", "x"}}), ElementsAre("error", "nothing"));
  EXPECT_THAT(fetched_, ElementsAre("a", "b"));
}

}  // namespace
}  // namespace dkr
