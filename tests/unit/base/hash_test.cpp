#include "base/hash.h"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace dkr {
namespace {

TEST(KeyedHash, IsTheSameForTheSameText) {
  EXPECT_EQ(KeyedHash()("nginx"), KeyedHash()(std::string("nginx")));
  std::unordered_set<std::string, KeyedHash> names = {"nginx"};
  EXPECT_TRUE(names.contains("nginx"));
}

TEST(KeyedHash, DependsOnEachByteAndOnTheLength) {
  std::set<std::size_t> hashes;
  const std::string text(40, 'a');
  for (std::size_t length = 0; length <= text.size(); ++length) {
    hashes.insert(KeyedHash()(std::string_view(text).substr(0, length)));
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = 'b';
    hashes.insert(KeyedHash()(other));
  }
  hashes.insert(KeyedHash()(std::string(40, '\0')));
  EXPECT_EQ(hashes.size(), 41U + 40U + 1U);
}

TEST(KeyedHash, SpreadsTextsOverTheLowBits) {
  constexpr std::size_t kTexts = 4096;
  std::unordered_set<std::size_t> slots;
  for (std::size_t i = 0; i < kTexts; ++i) slots.insert(KeyedHash()(fmt::format("{}", i)) % kTexts);
  EXPECT_GT(slots.size(), kTexts / 2);  // on average 1 - 1/e of them
}

}  // namespace
}  // namespace dkr
