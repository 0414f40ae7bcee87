#include "source/layout/archive.h"

#include <gtest/gtest.h>

#include "support/fake_world.h"
#include "support/tar.h"

namespace dkr {
namespace {

constexpr std::size_t kLimit = 1000;

LayoutArchive read_archive(const std::string& bytes, LayoutArchive::Limits limits = {}) {
  FakeFiles files;
  files.files["a.tar"] = bytes;
  return {files.open("a.tar"), limits};
}

std::string failure_of(const std::string& bytes) {
  try {
    (void)read_archive(bytes);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(LayoutArchive, HoldsWhatBeginsLikeJson) {
  auto archive = read_archive(tar_entry_text("./a/b", R"({"c":1})") + tar_entry_text("d", " [1]") +
                              tar_entry_text("e", "text") + tar_entry_text("f", "") + tar_end());
  EXPECT_EQ(archive.read("a/b", kLimit), R"({"c":1})");
  EXPECT_EQ(archive.read("d", kLimit), " [1]");
  EXPECT_THROW(archive.read("e", kLimit), Error);
  EXPECT_THROW(archive.read("a/b", 3), Error);
  EXPECT_EQ(archive.read("g", kLimit), std::nullopt);
  EXPECT_EQ(archive.size("e"), 4U);
  EXPECT_EQ(archive.size("f"), 0U);
  EXPECT_EQ(archive.size("g"), std::nullopt);
  EXPECT_FALSE(archive.damage());
}

TEST(LayoutArchive, LastEntryOfAPathCounts) {
  auto archive =
      read_archive(tar_entry_text("a", "{}") + tar_entry_text("./a", "{ }") +
                   tar_entry_text("b", "{}") + tar_entry_text("b", "x") +
                   tar_entry_text("c", "{}") + tar_entry_text("c", "", '2', "a") + tar_end());
  EXPECT_EQ(archive.read("a", kLimit), "{ }");
  EXPECT_THROW(archive.read("b", kLimit), Error);
  EXPECT_EQ(archive.read("c", kLimit), "{ }");
}

TEST(LayoutArchive, FollowsLinksWithinItself) {
  auto archive = read_archive(
      tar_entry_text("a/layer.tar", "12345") +
      tar_entry_text("b/layer.tar", "", '2', "../a/layer.tar") +
      tar_entry_text("c", "", '1', "b/layer.tar") + tar_entry_text("d", "", '2', "d") +
      tar_entry_text("e", "", '2', "../etc/passwd") + tar_entry_text("f", "", '2', "/etc/passwd") +
      tar_entry_text("g", "", '5') + tar_entry_text("../h", "{}") + tar_end());
  EXPECT_EQ(archive.size("b/layer.tar"), 5U);
  EXPECT_EQ(archive.size("c"), 5U);
  for (const char* path : {"d", "e", "f", "g", "h", "../h"}) {
    EXPECT_EQ(archive.size(path), std::nullopt) << path;
  }
}

TEST(LayoutArchive, ChainsOfLinksHaveAnEnd) {
  std::string bytes = tar_entry_text("0", "x");
  for (int i = 1; i < 20; ++i) {
    bytes += tar_entry_text(std::to_string(i), "", '2', std::to_string(i - 1));
  }
  const auto archive = read_archive(bytes + tar_end());
  EXPECT_EQ(archive.size("7"), 1U);
  EXPECT_EQ(archive.size("19"), std::nullopt);
}

TEST(LayoutArchive, DropsTheLongestDocumentsFirst) {
  const std::string big = "{" + std::string(600, ' ') + "}";
  auto archive = read_archive(tar_entry_text("big", big) + tar_entry_text("small", "{}") +
                                  tar_entry_text("index.json", big) + tar_end(),
                              {.documents = 1200, .others = 1000});
  EXPECT_EQ(archive.read("small", kLimit), "{}");
  EXPECT_EQ(archive.read("index.json", kLimit), big);
  EXPECT_THROW(archive.read("big", kLimit), Error);
  EXPECT_EQ(archive.size("big"), big.size());
}

TEST(LayoutArchive, HoldsSoManyFiles) {
  std::string bytes;
  for (int i = 0; i < 10; ++i) bytes += tar_entry_text(std::to_string(i), "x");
  const auto archive = read_archive(bytes + tar_end(), {.documents = 1000, .others = 1000});
  EXPECT_EQ(archive.size("0"), 1U);
  EXPECT_EQ(archive.size("9"), std::nullopt);
  EXPECT_TRUE(archive.has_too_many_files());
}

TEST(LayoutArchive, KeepsWhatComesBeforeDamage) {
  auto archive = read_archive(tar_entry_text("a", "{}") +
                              tar_entry_text("b", std::string(5000, 'x')).substr(0, 3000));
  EXPECT_EQ(archive.read("a", kLimit), "{}");
  ASSERT_TRUE(archive.damage());
  EXPECT_NE(std::string(archive.damage()->what()).find("truncated"), std::string::npos);
}

TEST(LayoutArchive, IsAnArchive) {
  EXPECT_EQ(failure_of(""), "is empty");
  EXPECT_EQ(failure_of("text"), "is not a tar archive");
  EXPECT_EQ(failure_of(std::string(2000, 'x')), "is not a tar archive");
  EXPECT_EQ(failure_of("BZh91AY&SY"), "is compressed with bzip2, which is not supported");
  EXPECT_EQ(failure_of(tar_end()), "");
  EXPECT_NE(failure_of("\x1f\x8b\x08 not gzip at all"), "");
  EXPECT_NE(failure_of("\x28\xb5\x2f\xfd not zstd"), "");
}

}  // namespace
}  // namespace dkr
