#include "model/failure_list.h"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace dkr {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> taken(FailureList failures) {
  std::vector<std::string> messages;
  for (const Failure& failure : std::move(failures).take("host")) {
    messages.push_back(failure.message);
  }
  return messages;
}

TEST(FailureList, GivesFewFailuresSorted) {
  FailureList failures;
  EXPECT_THAT(taken(failures), IsEmpty());
  failures.add("host/b", "gone");
  failures.add("host/a", "tag list: gone");
  EXPECT_THAT(taken(failures), ElementsAre("host/a: tag list: gone", "host/b: gone"));
}

TEST(FailureList, CountsTheFurtherFailuresOfAKind) {
  FailureList failures;
  for (int i = 0; i < 1020; ++i) {
    failures.add(fmt::format("host/{}", i), fmt::format("invalid tag: {}", i));
  }
  for (int i = 0; i < 20; ++i) failures.add(fmt::format("host/{}", i), "HTTP status 500");
  failures.add("host/z", "config: HTTP status 500");
  const auto messages = taken(failures);
  EXPECT_THAT(messages, SizeIs(20 + 20 + 1 + 1));
  EXPECT_EQ(messages.back(), "host: 1000 more: invalid tag");
  EXPECT_THAT(messages, Contains("host/z: config: HTTP status 500"));
}

TEST(FailureList, TellsCausesApartWhateverPartCouldNotBeRead) {
  FailureList failures;
  for (int i = 0; i < 30; ++i) failures.add("host/a", "config: HTTP status 404");
  failures.add("host/b", "config: does not match digest sha256:1");
  EXPECT_THAT(taken(failures), Contains("host/b: config: does not match digest sha256:1"));
  EXPECT_EQ(taken(failures).back(), "host: 10 more: config: HTTP status 404");
}

TEST(FailureList, KeepsTheFirstOfEachKindButFewInAll) {
  FailureList failures;
  for (int i = 0; i < 1000; ++i) {
    failures.add(fmt::format("host/{:03}", i), fmt::format("status {}: no", i % 40));
  }
  const auto messages = taken(failures);
  EXPECT_THAT(messages, SizeIs(100 + 40));
  EXPECT_EQ(messages.back(), "host: 22 more: status 9");
}

TEST(FailureList, IsBoundedWhateverTheCausesSay) {
  FailureList failures;
  for (int i = 0; i < 100'000; ++i) failures.add("host", fmt::format("status {}", i));
  EXPECT_THAT(taken(failures), SizeIs(50 + 20 + 1));
  EXPECT_EQ(taken(failures).back(), "host: 99930 more: other causes");
}

}  // namespace
}  // namespace dkr
