#include "model/listing.h"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "support/listings.h"

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Entry sized(std::string id, std::optional<std::uint64_t> size) {
  return {"q", "1", std::move(id), std::nullopt, size};
}

Entry named(std::optional<std::string> repository) {
  return {std::move(repository), "1", "sha256:1", std::nullopt, 1};
}

double total(const std::vector<Entry>& entries) { return total_size(listing_of(entries)); }

TEST(Listing, DisplaysNoneForWhatARowLacks) {
  const Listing listing = listing_of({{"q", "1", "a"}, {"q", std::nullopt, "a"}, {}});
  std::vector<std::string> displayed;
  for (const Row& row : listing.rows) {
    displayed.push_back(std::string(listing.repository_of(row)) + ":" +
                        std::string(Listing::tag_of(row)));
  }
  EXPECT_THAT(displayed, ElementsAre("q:1", "q:<none>", "<none>:<none>"));
}

TEST(ListingBuilder, GivesWhatRepeatsItsOnePlace) {
  Listing listing;
  ListingBuilder builder(listing);
  EXPECT_EQ(builder.repository("a"), 0U);
  EXPECT_EQ(builder.repository(std::string(100, 'b')), 1U);
  EXPECT_EQ(builder.repository("a"), 0U);
  EXPECT_THAT(listing.repositories, ElementsAre("a", std::string(100, 'b')));
  EXPECT_EQ(builder.platform({"linux", "arm64", ""}), 0U);
  EXPECT_EQ(builder.platform({"linux", "arm64", "v8"}), 1U);
  EXPECT_EQ(builder.platform({"linux", "arm64", ""}), 0U);
  EXPECT_EQ(builder.image({}), 0U);
  EXPECT_EQ(builder.image({}), 1U);
}

TEST(TotalSize, AddsUpTheSizesOfDifferentImages) {
  EXPECT_EQ(total({}), 0);
  EXPECT_EQ(total({sized("a", 5)}), 5);
  EXPECT_EQ(total({sized("a", 5), sized("b", 5), sized("c", 0)}), 10);
}

TEST(TotalSize, CountsAnImageOnceHoweverOftenItIsListed) {
  EXPECT_EQ(total({sized("a", 5), sized("b", 3), sized("a", 5), sized("a", 5)}), 8);
}

TEST(TotalSize, CountsNothingForAnUnknownSize) {
  EXPECT_EQ(total({sized("a", std::nullopt), sized("b", 3)}), 3);
  EXPECT_EQ(total({sized("a", std::nullopt)}), 0);
}

TEST(TotalSize, GoesOnBeyondSixtyFourBits) {
  constexpr std::uint64_t kNine = 9'000'000'000'000'000'000U;
  EXPECT_EQ(total({sized("a", kNine), sized("b", kNine), sized("c", kNine)}), 27e18);
}

TEST(TotalSize, GoesByTheManifestWhereItIsKnown) {
  const auto artifact = [](std::optional<std::string> id, std::string manifest) {
    return Entry{"q", "1", std::move(id), std::nullopt, 5, std::move(manifest)};
  };
  EXPECT_EQ(total({artifact("e", "a"), artifact("e", "b"), artifact("e", "a")}), 10);
  EXPECT_EQ(total({artifact(std::nullopt, "a"), artifact(std::nullopt, "b")}), 10);
}

TEST(CountDistinct, CountsAnImageOnceHoweverOftenItIsListed) {
  EXPECT_EQ(count_distinct({}), 0U);
  EXPECT_EQ(count_distinct(listing_of({sized("a", 5), sized("b", 5), sized("a", 5)})), 2U);
}

TEST(Repositories, AreEachNamedOnceInOrderOfFirstAppearance) {
  EXPECT_THAT(repositories({}), IsEmpty());
  const std::vector<Entry> images{named("nginx"), named("mysql"),  named("nginx"),
                                  named("nginx"), named("awscli"), named("mysql")};
  EXPECT_THAT(repositories(listing_of(images)), ElementsAre("nginx", "mysql", "awscli"));
}

TEST(Repositories, CountNoneAsOne) {
  const std::vector<Entry> images{named(std::nullopt), named("q"), named(std::nullopt)};
  EXPECT_THAT(repositories(listing_of(images)), ElementsAre("<none>", "q"));
}

}  // namespace
}  // namespace dkr
