#include "source/containerd/image_names.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"
#include "support/fake_world.h"
#include "support/registry_content.h"

namespace dkr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kOne = some_digest('1');
const std::string kTwo = some_digest('2');
const std::string kConfig = some_digest('c');

class ImageNamesTest : public testing::Test {
 protected:
  /// The images that these pairs of name and target are: `repository tag` and the target's digit.
  std::vector<std::string> listed(const std::vector<std::pair<std::string, std::string>>& records) {
    ImageNameCollector collector("store");
    for (const auto& [name, digest] : records) collector.add({name, "", digest});
    ImageNames names = std::move(collector).take(fake_.log);
    failures_.clear();
    for (const Failure& failure : names.failures) failures_.push_back(failure.message);
    std::vector<std::string> result;
    for (const NamedImage& image : names.images) {
      result.push_back(
          fmt::format("{} {} {}", image.repository, image.tag, image.digest.text().back()));
    }
    return result;
  }

  FakeWorld fake_;
  std::vector<std::string> failures_;
};

TEST_F(ImageNamesTest, AreDockersFamiliarOnes) {
  EXPECT_THAT(listed({{"docker.io/library/nginx:1.27", kOne},
                      {"docker.io/team/app:2", kOne},
                      {"ghcr.io/team/app:2", kTwo},
                      {"localhost:5000/x:1@" + kOne, kOne},
                      {"plain", kTwo}}),
              ElementsAre("ghcr.io/team/app 2 2", "localhost:5000/x 1 1", "nginx 1.27 1",
                          "plain  2", "team/app 2 1"));
  EXPECT_EQ(fake_.err.content, "");
}

TEST_F(ImageNamesTest, WithoutATagAreLeftOutWhereTheRepositoryHasOne) {
  EXPECT_THAT(listed({{"a@" + kOne, kOne}, {"docker.io/library/a:1", kOne}, {"a@" + kTwo, kTwo}}),
              ElementsAre("a  2", "a 1 1"));
  EXPECT_THAT(listed({{"a@" + kOne, kOne}, {"b:1", kOne}}), ElementsAre("a  1", "b 1 1"));
}

TEST_F(ImageNamesTest, ThatAreIdsAreLeftOutWhereThereIsAnyOther) {
  EXPECT_THAT(listed({{kConfig, kOne}, {"a@" + kOne, kOne}}), ElementsAre("a  1"));
  EXPECT_THAT(listed({{kConfig, kOne}, {"a:1", kTwo}, {some_digest('d'), kOne}}),
              ElementsAre("  1", "a 1 2"));
  EXPECT_EQ(fake_.err.content, "");
}

TEST_F(ImageNamesTest, ThatAreNoReferencesAreSaid) {
  EXPECT_THAT(listed({{"Not One", kOne}, {"a:1", kOne}, {"/", kTwo}, {"", kTwo}}),
              ElementsAre("  2", "a 1 1"));
  EXPECT_THAT(fake_.err.content, HasSubstr(" INFO store: 3 names are no references, such as Not "
                                           "One; an image with no other name is listed without "
                                           "one\n"));
}

TEST_F(ImageNamesTest, ThatComeTwiceAreOneImage) {
  EXPECT_THAT(
      listed({{"a:1", kOne}, {"docker.io/a:1", kOne}, {"index.docker.io/library/a:1", kTwo}}),
      ElementsAre("a 1 1", "a 1 2"));
}

TEST_F(ImageNamesTest, OfAnInvalidTargetAreFailures) {
  EXPECT_THAT(listed({{"a:1", "sha256:x"}, {"b:1", ""}, {"c:1", kOne}}), ElementsAre("c 1 1"));
  EXPECT_THAT(failures_,
              ElementsAre("store: a:1: invalid digest: sha256:x", "store: b:1: invalid digest: "));
}

TEST_F(ImageNamesTest, OfTooManyInvalidTargetsAreRefused) {
  ImageNameCollector collector("store");
  for (int i = 0; i < 1000; ++i) collector.add({"a:1", "", ""});
  EXPECT_THROW(collector.add({"a:1", "", ""}), Error);
}

}  // namespace
}  // namespace dkr
