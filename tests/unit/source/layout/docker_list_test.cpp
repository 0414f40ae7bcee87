#include "source/layout/docker_list.h"

#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace dkr {
namespace {

class FakeDocuments final : public Documents {
 public:
  std::optional<std::string> read(const std::string& /*path*/, std::size_t /*limit*/) override {
    return std::nullopt;
  }
  [[nodiscard]] std::optional<std::uint64_t> size(const std::string& path) const override {
    const auto found = sizes.find(path);
    return found == sizes.end() ? std::nullopt : std::optional(found->second);
  }
  std::map<std::string, std::uint64_t> sizes;
};

std::string diff_id(char digit) { return "sha256:" + std::string(64, digit); }

std::string config_with(const std::string& diff_ids) {
  return fmt::format(R"({{"rootfs":{{"diff_ids":[{}]}}}})", diff_ids);
}

const Digest kConfigDigest(diff_id('c'));

TEST(DockerList, ReadsMembersAsGoDoes) {
  const DockerList list = parse_docker_list(
      R"([{"config":"./a.json","REPOTAGS":["a:1",7,"b:2"],"Layers":["x","y"]},{"Config":"b.json","RepoTags":null}])");
  ASSERT_EQ(list.images.size(), 2U);
  EXPECT_EQ(list.images[0].config, "a.json");
  EXPECT_EQ(list.images[0].names, (std::vector<std::string>{"a:1", "b:2"}));
  EXPECT_EQ(list.images[0].layers, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(list.images[1].position, 1U);
  EXPECT_TRUE(list.images[1].names.empty());
}

TEST(DockerList, TellsWhichImagesCannotBeRead) {
  const DockerList list = parse_docker_list(R"([7,{},{"Config":"../x"},{"Config":"a"},{"a":}])");
  EXPECT_EQ(list.images.size(), 1U);
  EXPECT_EQ(list.images[0].position, 3U);
  EXPECT_EQ(list.faults.size(), 4U);
  EXPECT_THROW(parse_docker_list("{}"), Error);
}

TEST(DockerConfig, HasItsDigestInItsPath) {
  const std::string hex(64, 'a');
  EXPECT_EQ(digest_in_path(hex + ".json"), Digest("sha256:" + hex));
  EXPECT_EQ(digest_in_path("x/" + hex + ".json"), Digest("sha256:" + hex));
  EXPECT_EQ(digest_in_path("blobs/sha256/" + hex), Digest("sha256:" + hex));
  EXPECT_EQ(digest_in_path("blobs/sha512/" + hex + hex), Digest("sha512:" + hex + hex));
  for (const std::string& path : {std::string("a.json"), hex, "blobs/" + hex, "blobs/md5/" + hex}) {
    EXPECT_EQ(digest_in_path(path), std::nullopt) << path;
  }
}

TEST(DockerManifest, CountsEachLayerOnce) {
  FakeDocuments documents;
  documents.sizes = {{"1", 100}, {"2", 1000}};
  const DockerImage image{0, "c", {}, {"1", "./2", "1"}};
  const std::string config =
      config_with(fmt::format(R"("{}","{}","{}")", diff_id('1'), diff_id('2'), diff_id('1')));
  const Manifest manifest = docker_manifest(image, kConfigDigest, config, documents);
  EXPECT_EQ(manifest.size, config.size() + 1100);
  EXPECT_EQ(manifest.config_digest, kConfigDigest);
  EXPECT_EQ(manifest.config_kind, Manifest::ConfigKind::kImage);
  ASSERT_EQ(manifest.blobs.size(), 3U);
  EXPECT_EQ(manifest.blobs[2].digest, Digest(diff_id('2')));
  EXPECT_EQ(manifest.blobs[2].size, 1000U);
}

TEST(DockerManifest, HasNoSizeIfALayerIsMissing) {
  FakeDocuments documents;
  const DockerImage image{0, "c", {}, {"1"}};
  const std::string config = config_with('"' + diff_id('1') + '"');
  EXPECT_EQ(docker_manifest(image, kConfigDigest, config, documents).size, std::nullopt);
}

TEST(DockerManifest, AgreesWithItsConfig) {
  FakeDocuments documents;
  documents.sizes = {{"1", std::uint64_t{1} << 63}};
  const DockerImage image{0, "c", {}, {"1"}};
  for (const std::string& config : {std::string("{}"), std::string("{"), config_with("7"),
                                    config_with('"' + diff_id('1') + '"')}) {
    EXPECT_THROW((void)docker_manifest(image, kConfigDigest, config, documents), Error) << config;
  }
}

}  // namespace
}  // namespace dkr
