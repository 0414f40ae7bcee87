#include "model/image.h"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Image sized(std::string id, std::optional<std::uint64_t> size) {
  return {"q", "1", std::move(id), std::nullopt, size};
}

Image named(std::optional<std::string> repository) {
  return {std::move(repository), "1", "sha256:1", std::nullopt, 1};
}

TEST(Image, IsDisplayedWithNoneForWhatItLacks) {
  const Image tagged{"q", "1", "sha256:1", std::nullopt, std::nullopt};
  EXPECT_EQ(tagged.displayed_repository(), "q");
  EXPECT_EQ(tagged.displayed_tag(), "1");
  const Image dangling{std::nullopt, std::nullopt, "sha256:1", std::nullopt, std::nullopt};
  EXPECT_EQ(dangling.displayed_repository(), "<none>");
  EXPECT_EQ(dangling.displayed_tag(), "<none>");
}

TEST(TotalSize, AddsUpTheSizesOfDifferentImages) {
  EXPECT_EQ(total_size({}), 0);
  EXPECT_EQ(total_size({sized("a", 5)}), 5);
  EXPECT_EQ(total_size({sized("a", 5), sized("b", 5), sized("c", 0)}), 10);
}

TEST(TotalSize, CountsAnImageOnceHoweverOftenItIsListed) {
  EXPECT_EQ(total_size({sized("a", 5), sized("b", 3), sized("a", 5), sized("a", 5)}), 8);
}

TEST(TotalSize, CountsNothingForAnUnknownSize) {
  EXPECT_EQ(total_size({sized("a", std::nullopt), sized("b", 3)}), 3);
  EXPECT_EQ(total_size({sized("a", std::nullopt)}), 0);
}

TEST(TotalSize, GoesOnBeyondSixtyFourBits) {
  constexpr std::uint64_t kNine = 9'000'000'000'000'000'000U;
  EXPECT_EQ(total_size({sized("a", kNine), sized("b", kNine), sized("c", kNine)}), 27e18);
}

TEST(TotalSize, GoesByTheIdentityWhereTheIdTellsNothing) {
  const auto artifact = [](std::optional<std::string> id, std::string identity) {
    return Image{"q", "1", std::move(id), std::nullopt, 5, std::move(identity)};
  };
  EXPECT_EQ(total_size({artifact("e", "a"), artifact("e", "b"), artifact("e", "a")}), 10);
  EXPECT_EQ(total_size({artifact(std::nullopt, "a"), artifact(std::nullopt, "b")}), 10);
}

TEST(CountDistinct, CountsAnImageOnceHoweverOftenItIsListed) {
  EXPECT_EQ(count_distinct({}), 0U);
  EXPECT_EQ(count_distinct({sized("a", 5), sized("b", 5), sized("a", 5)}), 2U);
}

TEST(Repositories, AreEachNamedOnceInOrderOfFirstAppearance) {
  EXPECT_THAT(repositories({}), IsEmpty());
  const std::vector<Image> images{named("nginx"), named("mysql"),  named("nginx"),
                                  named("nginx"), named("awscli"), named("mysql")};
  EXPECT_THAT(repositories(images), ElementsAre("nginx", "mysql", "awscli"));
}

TEST(Repositories, CountNoneAsOne) {
  const std::vector<Image> images{named(std::nullopt), named("q"), named(std::nullopt)};
  EXPECT_THAT(repositories(images), ElementsAre("<none>", "q"));
}

}  // namespace
}  // namespace dkr
