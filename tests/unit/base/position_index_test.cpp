#include "base/position_index.h"

#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/digest.h"

namespace dkr {
namespace {

/// Digests that begin alike, as those do that an attacker would choose.
Digest numbered(int number) { return Digest(fmt::format("sha256:{:064x}", number)); }

TEST(PositionIndex, FindsWhatWasInsertedAndNothingElse) {
  std::vector<Digest> digests;
  const auto key_of = [&](std::uint32_t position) -> const Digest& { return digests[position]; };
  PositionIndex index(key_of);
  EXPECT_EQ(index.find(numbered(0)), std::nullopt);
  constexpr int kCount = 1000;
  for (int number = 0; number < kCount; ++number) {
    digests.push_back(numbered(number));
    index.insert(static_cast<std::uint32_t>(number));
    EXPECT_EQ(index.find(numbered(kCount)), std::nullopt);  // the table always has an empty slot
  }
  for (int number = 0; number < kCount; ++number) EXPECT_EQ(index.find(numbered(number)), number);
  EXPECT_EQ(index.find(Digest("other")), std::nullopt);
}

TEST(PositionIndex, KeepsTheFirstOfEqualDigests) {
  const std::vector<Digest> digests = {numbered(7), numbered(7), Digest("text")};
  PositionIndex index([&](std::uint32_t position) -> const Digest& { return digests[position]; });
  EXPECT_EQ(index.insert(1), 1U);
  EXPECT_EQ(index.insert(0), 1U);
  EXPECT_EQ(index.insert(2), 2U);
  EXPECT_EQ(index.find(numbered(7)), 1U);
  EXPECT_EQ(index.find(Digest("text")), 2U);
}

}  // namespace
}  // namespace dkr
