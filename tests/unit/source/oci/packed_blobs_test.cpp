#include "source/oci/packed_blobs.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "support/registry_content.h"

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

using NamedBlobs = std::vector<std::pair<std::string, std::uint64_t>>;

std::string packed(const NamedBlobs& blobs) {
  std::string result;
  for (const auto& [digest, size] : blobs) pack({Digest(digest), size}, result);
  return result;
}

std::optional<NamedBlobs> unpacked(const std::string& bytes) {
  const auto blobs = unpack(bytes);
  if (!blobs) return std::nullopt;
  NamedBlobs result;
  for (const Blob& blob : *blobs) result.emplace_back(blob.digest.text(), blob.size);
  return result;
}

const std::string kSha384 = "sha384:" + std::string(96, 'b');
const std::string kSha512 = "sha512:" + std::string(128, 'a');
const NamedBlobs kSeveral = {{some_digest('1'), 0},
                             {kSha512, UINT64_MAX},
                             {some_digest('2'), 0x0102030405060708},
                             {some_digest('1'), 1},
                             {kSha384, 255}};

TEST(PackedBlobs, AreWhatWasPacked) {
  EXPECT_THAT(unpacked(packed({})), Optional(IsEmpty()));
  EXPECT_EQ(unpacked(packed(kSeveral)), kSeveral);
}

/// Files hold them, so their form may not change unnoticed.
TEST(PackedBlobs, AreASizeALengthAndADigest) {
  EXPECT_EQ(packed({{some_digest('1'), 0x0102}, {kSha512, 3}}),
            std::string("\x02\x01\0\0\0\0\0\0", 8) + "\x20" + std::string(32, '\x11') +
                std::string("\x03\0\0\0\0\0\0\0", 8) + "\x87" + kSha512);
}

TEST(PackedBlobs, AreNothingIfTheirEndIsMissing) {
  const std::string bytes = packed(kSeveral);
  std::vector<std::size_t> readable;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    if (unpacked(bytes.substr(0, size))) readable.push_back(size);
  }
  EXPECT_THAT(readable, ElementsAre(0, 41, 41 + 144, 41 + 144 + 41, 41 + 144 + 41 + 41))
      << "between two blobs";
}

TEST(PackedBlobs, AreNothingIfADigestIsNone) {
  const std::string size(8, '\0');
  const std::string texts[] = {"",
                               "x",
                               "sha256:",
                               std::string(31, '\x11'),
                               std::string(33, '\x11'),
                               "sha512:" + std::string(127, 'a'),
                               "sha512:" + std::string(128, 'A'),
                               "md5:" + std::string(32, 'a')};
  for (const std::string& text : texts) {
    SCOPED_TRACE(text);
    const std::string bytes = size + static_cast<char>(text.size()) + text;
    EXPECT_EQ(unpacked(bytes), std::nullopt);
    EXPECT_EQ(unpacked(packed(kSeveral) + bytes), std::nullopt);
  }
  EXPECT_EQ(unpacked(std::string(1000, '\xff')), std::nullopt);
  EXPECT_EQ(unpacked("not packed at all"), std::nullopt);
}

/// Whatever other programs have written to the cache.
TEST(PackedBlobs, MayTakeASha256InText) {
  const std::string text = some_digest('1');
  EXPECT_EQ(unpacked(std::string(8, '\0') + static_cast<char>(text.size()) + text),
            (NamedBlobs{{text, 0}}));
}

}  // namespace
}  // namespace dkr
