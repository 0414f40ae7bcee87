#include "net/rate_limiter.h"

#include <chrono>

#include <gtest/gtest.h>

namespace dkr {
namespace {

using std::chrono::milliseconds, std::chrono::seconds;

/// A moment, in milliseconds from one that does not matter.
RateLimiter::TimePoint at(int time) {
  return RateLimiter::TimePoint(seconds(1000) + milliseconds(time));
}

TEST(RateLimiter, IsAsFastAsWeLikeUntilTheFirstRefusal) {
  RateLimiter limiter;
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(limiter.reserve(at(i / 10)), at(i / 10));
  EXPECT_FALSE(limiter.is_closed(at(0)));
}

TEST(RateLimiter, SendsNothingAsLongAsItWasAskedTo) {
  RateLimiter limiter;
  limiter.reserve(at(0));
  limiter.record_refusal(at(10), seconds(3));
  EXPECT_TRUE(limiter.is_closed(at(10)));
  EXPECT_TRUE(limiter.is_closed(at(3009)));
  EXPECT_FALSE(limiter.is_closed(at(3010)));
  EXPECT_EQ(limiter.reserve(at(20)), at(3010));
}

TEST(RateLimiter, SendsOneByOneAfterwardsHalfAsFastAsTheServerHasBorne) {
  RateLimiter limiter;
  limiter.reserve(at(0));
  for (int i = 0; i < 10; ++i) limiter.record_answer();
  limiter.record_refusal(at(100), seconds(1));  // 10 ms for each answer
  EXPECT_EQ(limiter.reserve(at(100)), at(1100));
  EXPECT_EQ(limiter.reserve(at(100)), at(1120));
  EXPECT_EQ(limiter.reserve(at(100)), at(1140));
  EXPECT_EQ(limiter.reserve(at(5000)), at(5000));
  EXPECT_EQ(limiter.reserve(at(5000)), at(5020));
}

TEST(RateLimiter, SlowsDownWithEachRefusalToOneASecondAtWorst) {
  RateLimiter limiter;
  limiter.reserve(at(0));
  int now = 1;
  for (int refusals = 0; refusals < 20; ++refusals)
    limiter.record_refusal(at(now += 1000), seconds(0));
  const auto first = limiter.reserve(at(now));
  EXPECT_EQ(limiter.reserve(at(now)) - first, seconds(1));
}

TEST(RateLimiter, SpeedsUpALittleWithEachAnswer) {
  RateLimiter limiter;
  limiter.reserve(at(0));
  limiter.record_refusal(at(100), seconds(0));
  const auto interval = [&] {
    const auto first = limiter.reserve(at(100));
    return limiter.reserve(at(100)) - first;
  };
  const auto before = interval();
  EXPECT_EQ(before, milliseconds(20));
  limiter.record_answer();
  EXPECT_EQ(interval(), std::chrono::microseconds(19'400));
  for (int i = 0; i < 1000; ++i) limiter.record_answer();
  EXPECT_LT(interval(), milliseconds(1)) << "until it is as fast as we like";
}

TEST(RateLimiter, IsNotFooledByRefusalsAtTheVeryBeginning) {
  RateLimiter limiter;
  limiter.reserve(at(0));
  limiter.record_refusal(at(0), seconds(0));
  const auto first = limiter.reserve(at(0));
  EXPECT_EQ(limiter.reserve(at(0)) - first, milliseconds(20));
}

}  // namespace
}  // namespace dkr
