#include "source/registry/pull_limit.h"

#include <chrono>
#include <string>
#include <utility>

#include <gmock/gmock.h>

#include "base/error.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::Property;
using testing::StrEq;
using testing::Throws;

HttpResponse telling(const std::string& limit, const std::string& remaining) {
  return {200, {{"ratelimit-limit", limit}, {"ratelimit-remaining", remaining}}, ""};
}

constexpr Time kNow{std::chrono::seconds(1'600'000'000)};

/// How many pulls `limit` allows now, and what it says then.
std::pair<int, std::string> taken(PullLimit& limit) {
  for (int pulls = 0; pulls < 1000; ++pulls) {
    try {
      limit.take();
      limit.finish();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kOutOfPulls);
      return {pulls, error.what()};
    }
  }
  return {1000, ""};
}

TEST(PullLimitTest, LeavesAFifth) {
  const struct {
    std::string limit;
    std::string remaining;
    int pulls;
    std::string message;
  } rows[] = {
      {"200;w=21600", "60;w=21600", 20, "Docker Hub allows 40 more pulls in 6 hours"},
      {"100;w=21600", "100;w=21600", 80, "Docker Hub allows 20 more pulls in 6 hours"},
      {"100;w=21600", "20;w=21600", 0, "Docker Hub allows 20 more pulls in 6 hours"},
      {"100;w=21600", "7;w=21600", 0, "Docker Hub allows 7 more pulls in 6 hours"},
      {"100;w=21600", "1;w=21600", 0, "Docker Hub allows 1 more pull in 6 hours"},
      {"100;w=3600", "0;w=3600", 0, "Docker Hub allows 0 more pulls in 1 hour"},
      {"100;w=1800", "21;w=1800", 1, "Docker Hub allows 20 more pulls in 30 minutes"},
      {"4;w=21600", "4", 4, "Docker Hub allows 0 more pulls in 6 hours"},
      {"100", "22", 2, "Docker Hub allows 20 more pulls"},
      {"", "50", 40, "Docker Hub allows 10 more pulls"},
  };
  for (const auto& row : rows) {
    PullLimit limit("Docker Hub");
    limit.note(telling(row.limit, row.remaining), kNow);
    EXPECT_TRUE(limit.is_told());
    EXPECT_EQ(taken(limit), std::pair(row.pulls, row.message)) << row.limit << row.remaining;
  }
}

TEST(PullLimitTest, HasNoneWhereNoneIsToldOrARetryCanWait) {
  const HttpResponse rows[] = {
      {200, {}, ""},
      {200, {{"ratelimit-limit", "100;w=21600"}}, ""},
      telling("100;w=60", "3;w=60"),
      telling("100;w=300", "3"),
      telling("100; burst=1; w=60", "3"),
      {200,
       {{"ratelimit-limit", "100"}, {"ratelimit-remaining", "3"}, {"ratelimit-reset", "20"}},
       ""},
      {200,
       {{"ratelimit-limit", "100"},
        {"ratelimit-remaining", "3"},
        {"ratelimit-reset", "1600000020"}},
       ""},
      telling("100", "many"),
      telling("100", "-5"),
      telling("100", ""),
      telling("100", "99999999999999999999999"),
  };
  for (const HttpResponse& response : rows) {
    PullLimit limit("r.example.com");
    limit.note(response, kNow);
    EXPECT_FALSE(limit.is_told());
    EXPECT_EQ(taken(limit).first, 1000);
  }
}

/// Responses overtake each other, and some were sent before the server counted what is on its way.
TEST(PullLimitTest, TakesNoMoreThanTheFirstResponseAllowed) {
  PullLimit limit("Docker Hub");
  limit.note(telling("200;w=21600", "60;w=21600"), kNow);
  for (int pulls = 0; pulls < 10; ++pulls) limit.take();
  limit.note(telling("200;w=21600", "60;w=21600"), kNow);
  limit.note(telling("200;w=21600", "55;w=21600"), kNow);
  EXPECT_EQ(taken(limit).first, 10);
}

TEST(PullLimitTest, NoticesThatSomebodyElsePulls) {
  PullLimit limit("Docker Hub");
  limit.note(telling("200;w=21600", "60;w=21600"), kNow);
  for (int pulls = 0; pulls < 5; ++pulls) limit.take();
  limit.note(telling("200;w=21600", "42;w=21600"), kNow);
  EXPECT_EQ(taken(limit), std::pair(2, std::string("Docker Hub allows 40 more pulls in 6 hours")));
}

/// What was asked before the limit was known counts as well.
TEST(PullLimitTest, CountsFromTheStart) {
  PullLimit limit("r.example.com");
  for (int pulls = 0; pulls < 30; ++pulls) limit.take();
  for (int pulls = 0; pulls < 30; ++pulls) limit.finish();
  limit.note(telling("100;w=21600", "25;w=21600"), kNow);
  EXPECT_THAT(
      [&] {
        for (int i = 0; i < 6; ++i) limit.take();
      },
      Throws<Error>(
          AllOf(Property(&Error::kind, ErrorKind::kOutOfPulls),
                Property(&Error::what, StrEq("r.example.com allows 20 more pulls in 6 hours")))));
}

/// A response does not say which pulls that are on their way the server has counted.
TEST(PullLimitTest, LeavesRoomForWhatIsOnItsWay) {
  PullLimit limit("r.example.com");
  for (int pulls = 0; pulls < 16; ++pulls) limit.take();
  limit.finish();
  limit.note(telling("200;w=21600", "59;w=21600"), kNow);  // has counted one of them
  EXPECT_EQ(taken(limit).first, 4);                        // which makes 20 of 60
}

}  // namespace
}  // namespace dkr
