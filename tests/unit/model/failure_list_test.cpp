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

TEST(FailureList, IsBoundedWhateverTheCausesSay) {
  FailureList failures;
  for (int i = 0; i < 100'000; ++i) failures.add("host", fmt::format("status {}", i));
  EXPECT_THAT(taken(failures), SizeIs(50 + 20 + 1));
  EXPECT_EQ(taken(failures).back(), "host: 99930 more: other causes");
}

}  // namespace
}  // namespace dkr
