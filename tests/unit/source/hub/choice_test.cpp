#include "source/hub/choice.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "support/registry_content.h"

namespace dkr {
namespace {

using testing::ElementsAre;

const Platform kArm7{"linux", "arm", "v7"};
const Platform kAttestation{"unknown", "unknown", ""};

/// A tag with an image for each platform.
HubTag tag_for(const std::vector<Platform>& platforms) {
  HubTag tag{"t"};
  for (const Platform& platform : platforms) tag.images.push_back({.platform = platform});
  return tag;
}

TEST(ChooseImage, TakesTheBestForThePlatformElseTheFirst) {
  const struct {
    std::vector<Platform> platforms;
    int chosen;  // its position, or -1
  } rows[] = {
      {{{"linux", "arm", "v6"}, kArm7, {"linux", "arm", "v5"}}, 1},
      {{{"linux", "arm", "v5"}, {"linux", "arm", "v6"}}, 1},
      {{kAttestation, {"linux", "386", ""}, {"linux", "amd64", ""}}, 1},
      {{{"linux", "", ""}, {"", "arm", "v7"}, {"windows", "amd64", ""}}, 2},
      {{kArm7, kArm7}, 0},
      {{kAttestation}, 0},
      {{{}}, 0},
      {{{}, kAttestation}, -1},
      {{kAttestation, kAttestation}, -1},
      {{}, -1},
  };
  for (const auto& row : rows) {
    const HubTag tag = tag_for(row.platforms);
    const HubImage* const expected =
        row.chosen < 0 ? nullptr : &tag.images[static_cast<std::size_t>(row.chosen)];
    EXPECT_EQ(choose_image(tag, kArm7), expected) << (&row - rows);
  }
}

TEST(ImagesOfPlatforms, AreTheRealOnesEachOnce) {
  HubTag tag = tag_for({kArm7, kAttestation, kArm7, {}, {"linux", "386", ""}, kArm7});
  tag.images[0].digest = Digest(some_digest('a'));
  tag.images[2].digest = Digest(some_digest('b'));
  tag.images[5].digest = Digest(some_digest('a'));
  EXPECT_THAT(images_of_platforms(tag),
              ElementsAre(&tag.images[0], &tag.images[2], &tag.images[4]));
}

}  // namespace
}  // namespace dkr
