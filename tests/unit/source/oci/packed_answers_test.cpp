#include "source/oci/packed_answers.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>

#include "model/reference.h"
#include "support/registry_content.h"

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

constexpr std::int64_t kLatest = std::numeric_limits<std::int64_t>::max();
const std::string kOtherAlgorithm = "sha512:" + std::string(128, 'a');

std::optional<std::vector<std::string>> unpacked_names(std::string_view packed) {
  return unpack_names(packed, is_tag);
}

using NamedDigests = std::vector<std::tuple<std::string, std::string, std::int64_t>>;

std::string packed_digests(const NamedDigests& digests) {
  std::string packed;
  for (const auto& [tag, digest, asked] : digests) {
    pack({tag, Digest(digest), Time(std::chrono::seconds(asked))}, packed);
  }
  return packed;
}

std::optional<NamedDigests> unpacked_digests(std::string_view packed) {
  const auto digests = unpack_digests(packed);
  if (!digests) return std::nullopt;
  NamedDigests result;
  for (const TaggedDigest& known : *digests) {
    result.emplace_back(known.tag, known.digest.text(), known.asked.time_since_epoch().count());
  }
  return result;
}

TEST(PackedNames, AreWhatWasPackedInItsOrder) {
  for (const std::vector<std::string>& names :
       {std::vector<std::string>{}, {"b"}, {"b", "a", "1.0"}}) {
    const auto packed = pack_names(names, 100);
    ASSERT_TRUE(packed);
    EXPECT_EQ(unpacked_names(*packed), names);
  }
}

TEST(PackedNames, AreBounded) {
  const std::vector<std::string> names = {"ab", "c"};
  EXPECT_EQ(pack_names(names, 5), "ab\nc\n");
  EXPECT_EQ(pack_names(names, 4), std::nullopt);
}

TEST(PackedNames, AreNoneWhereAnythingElseIs) {
  for (const std::string packed :
       {"a", "a\nb", "\n", "a\n\nb\n", "a b\n", "a\nb\na\n", "a\n\x01\n", "../a\n"}) {
    EXPECT_EQ(unpacked_names(packed), std::nullopt) << packed;
  }
  EXPECT_EQ(unpacked_names(std::string("a\0b\n", 4)), std::nullopt);
}

TEST(PackedDigests, AreWhatWasPackedSortedByTag) {
  EXPECT_THAT(unpacked_digests(""), Optional(IsEmpty()));
  EXPECT_THAT(unpacked_digests(packed_digests({{"b", some_digest('1'), 1'600'000'000},
                                               {"a", kOtherAlgorithm, kLatest},
                                               {std::string(128, 'c'), some_digest('1'), -1}})),
              Optional(ElementsAre(std::tuple("a", kOtherAlgorithm, kLatest),
                                   std::tuple("b", some_digest('1'), 1'600'000'000),
                                   std::tuple(std::string(128, 'c'), some_digest('1'), -1))));
}

/// Files hold them, so their form may not change unnoticed.
TEST(PackedDigests, HaveAFormThatLasts) {
  EXPECT_EQ(packed_digests({{"1.0", some_digest('1'), 0x0102}}),
            "\x03"
            "1.0\x20" +
                std::string(32, '\x11') + std::string("\x02\x01\0\0\0\0\0\0", 8));
}

TEST(PackedDigests, AreNoneWhereSomethingIsMissing) {
  const std::string one = packed_digests({{"a", some_digest('1'), 5}});
  const std::string whole = one + packed_digests({{"b", kOtherAlgorithm, 5}});
  for (std::size_t length = 1; length < whole.size(); ++length) {
    if (length == one.size()) continue;
    EXPECT_EQ(unpacked_digests(whole.substr(0, length)), std::nullopt) << length;
  }
}

TEST(PackedDigests, AreNoneWhereAnythingElseIs) {
  const std::string rest = packed_digests({{"a", some_digest('1'), 5}}).substr(2);
  const std::string time(8, '\0');
  for (const std::string& packed :
       {packed_digests({{"a", some_digest('1'), 5}, {"a", some_digest('2'), 6}}), "\x01/" + rest,
        "\x01\n" + rest, std::string(1, '\0') + rest,
        "\x01"
        "a\x03"
        "abc" +
            time,
        "\x01"
        "a" +
            std::string(1, '\0') + time,
        std::string(100, '\xff')}) {
    EXPECT_EQ(unpacked_digests(packed), std::nullopt) << packed;
  }
}

}  // namespace
}  // namespace dkr
