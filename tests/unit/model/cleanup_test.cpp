#include "model/cleanup.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "support/listings.h"

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kSignature = "sha256-" + std::string(64, 'a');

/// A tag of the repository that is named before the colon.
struct Tag {
  std::string name;
  std::optional<int> created;  ///< in days since 1970; absent when unknown
  /// What it points to: a manifest or an index.
  std::string target = "m";
  /// The image, if the target is an index.
  std::string image = {};
};

using Children = std::map<std::string, std::vector<std::string>>;

/// A listing as a registry has it.
Listing registry_of(const std::vector<Tag>& tags, const Children& children = {}) {
  Listing listing;
  ListingBuilder builder(listing);
  for (const Tag& tag : tags) {
    const std::size_t colon = tag.name.find(':');
    Image image;
    image.digest.emplace(tag.image.empty() ? tag.target : tag.image);
    if (tag.created) image.created = Time(std::chrono::days(*tag.created));
    const std::uint32_t position = builder.image(std::move(image));
    Row& row = listing.rows.emplace_back();
    row.repository = builder.repository(tag.name.substr(0, colon));
    row.tag = tag.name.substr(colon + 1);
    row.image = position;
    builder.digest(row, Digest(tag.target));
  }
  for (const auto& [index, manifests] : children) {
    auto& list = listing.indexes[Digest(index)].manifests;
    for (const std::string& manifest : manifests) list.emplace_back(manifest);
  }
  return listing;
}

TEST(DropNewest, LeavesWhatIsOlderThanTheNewestTagsOfEachRepository) {
  const std::vector<Tag> tags{{"a:1", 1}, {"a:3", 3}, {"b:9", 9}, {"a:2", 2}};
  const struct {
    std::size_t count;
    std::vector<std::string> listed;
  } rows[] = {
      {0, {"a:1", "a:3", "b:9", "a:2"}}, {1, {"a:1", "a:2"}}, {2, {"a:1"}}, {3, {}}, {SIZE_MAX, {}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.count);
    Listing listing = registry_of(tags);
    drop_newest(listing, row.count);
    EXPECT_EQ(names_of(listing), row.listed);
  }
}

TEST(DropNewest, KeepsWhatIsAsNewAsTheLastThatIsKept) {
  Listing listing = registry_of({{"a:1", 5}, {"a:2", 7}, {"a:3", 5}, {"a:4", 5}, {"a:5", 4}});
  drop_newest(listing, 2);
  EXPECT_THAT(names_of(listing), ElementsAre("a:5"));
}

TEST(DropNewest, NeitherCountsNorLeavesWhatHasNoDateOrIsASignature) {
  const std::vector<Tag> tags{{"a:new", 9},
                              {"a:undated", std::nullopt},
                              {"a:" + kSignature + ".sig", 8},
                              {"a:" + kSignature, 8},
                              {"a:sha256-short", 6},
                              {"a:sha256-" + std::string(64, 'X'), 5},
                              {"a:old", 1}};
  Listing listing = registry_of(tags);
  drop_newest(listing, 2);
  EXPECT_THAT(names_of(listing), ElementsAre("a:sha256-" + std::string(64, 'X'), "a:old"));
  listing = registry_of(tags);
  drop_newest(listing, 0);
  EXPECT_THAT(names_of(listing),
              ElementsAre("a:new", "a:sha256-short", "a:sha256-" + std::string(64, 'X'), "a:old"));
}

TEST(DropNewest, TakesATagForAsNewAsItsNewestPlatform) {
  const std::vector<Tag> tags{{"a:1", 1, "i1", "m1"},
                              {"a:1", 9, "i1", "m2"},
                              {"a:2", 5, "i2", "m3"},
                              {"a:2", std::nullopt, "i2", "m4"},
                              {"a:3", 7, "i3", "m5"}};
  Listing listing = registry_of(tags);
  drop_newest(listing, 1);
  EXPECT_THAT(names_of(listing), ElementsAre("a:2", "a:2", "a:3"));
  drop_newest(listing, 1);
  EXPECT_THAT(names_of(listing), ElementsAre("a:2", "a:2"));
}

TEST(DropShared, LeavesOnlyWhatNoOtherTagNeeds) {
  const struct {
    const char* what;
    std::vector<Tag> others;  // that are not listed
    std::vector<Tag> tags;
    Children children;
    std::vector<std::string> left;
  } rows[] = {
      {"nothing shared", {{"a:new", 9, "m1"}}, {{"a:old", 1, "m2"}}, {}, {"a:old"}},
      {"the same manifest", {{"a:new", 9, "m1"}}, {{"a:1", 1, "m1"}, {"a:2", 1}}, {}, {"a:2"}},
      {"listed tags share with each other",
       {{"a:new", 9, "m1"}},
       {{"a:1", 1, "m2"}, {"a:2", 1, "m2"}},
       {},
       {"a:1", "a:2"}},
      {"another repository has it", {{"b:new", 9, "m1"}}, {{"a:1", 1, "m1"}}, {}, {"a:1"}},
      {"undated tags are kept too", {{"a:u", std::nullopt, "m1"}}, {{"a:1", 1, "m1"}}, {}, {}},
      {"a part of an index",
       {{"a:new", 9, "i", "m1"}},
       {{"a:m1", 1, "m1"}, {"a:m2", 1, "m2"}, {"a:m3", 1, "m3"}},
       {{"i", {"m1", "m2"}}},
       {"a:m3"}},
      {"a part of an index in an index",
       {{"a:new", 9, "i", "m1"}},
       {{"a:nested", 1, "n", "m1"}, {"a:m1", 1, "m1"}, {"a:other", 1, "o", "m3"}},
       {{"i", {"n"}}, {"n", {"m1"}}, {"o", {"m3"}}},
       {"a:other"}},
      {"an index does not hurt its parts",
       {{"a:new", 9, "m1"}},
       {{"a:index", 1, "i", "m1"}},
       {{"i", {"m1"}}},
       {"a:index"}},
      {"the same index, of which another image is chosen",
       {{"a:new", 9, "i", "m1"}},
       {{"a:old", 1, "i", "m2"}},
       {{"i", {"m1", "m2"}}},
       {}},
      {"what cannot go needs its parts in turn",
       {{"a:new", 9, "i1", "m1"}},
       {{"a:m3", 1, "m3"}, {"a:i2", 1, "i2", "m2"}, {"a:m4", 1, "m4"}},
       {{"i1", {"m1", "i2"}}, {"i2", {"m2", "m3"}}},
       {"a:m4"}},
      {"indexes that list each other",
       {{"a:new", 9, "i", "m"}},
       {{"a:old", 1, "n", "m"}},
       {{"i", {"n"}}, {"n", {"i"}}},
       {}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    std::vector<Tag> tags = row.tags;
    tags.insert(tags.end(), row.others.begin(), row.others.end());
    Listing listing = registry_of(tags, row.children);
    const std::vector<Row> all = listing.rows;
    listing.rows.resize(row.tags.size());
    drop_shared(listing, all);
    EXPECT_EQ(names_of(listing), row.left);
  }
}

/// A tag of an index with one row for each platform.
TEST(DropShared, LeavesATagOnlyWithAllItsPlatforms) {
  Listing listing = registry_of({{"a:1", 1, "i1", "m1"},
                                 {"a:1", 1, "i1", "m2"},
                                 {"a:2", 1, "i2", "m3"},
                                 {"a:2", 1, "i2", "m4"}});
  const std::vector<Row> all = listing.rows;
  listing.rows.pop_back();
  drop_shared(listing, all);
  EXPECT_THAT(names_of(listing), ElementsAre("a:1", "a:1"));
}

TEST(DropShared, GoesByTheImageInAnEngine) {
  Listing listing =
      listing_of({{"a", "1", "x"}, {"a", "2", "y"}, {"b", "1", "x"}, {"a", "3", "x"}});
  const std::vector<Row> all = listing.rows;
  listing.rows.pop_back();
  drop_shared(listing, all);
  EXPECT_THAT(names_of(listing), ElementsAre("a:2", "b:1"));
}

TEST(DropShared, LeavesAllWhereAllIsListed) {
  Listing listing = registry_of({{"a:1", 1}, {"a:2", 1}});
  const std::vector<Row> all = listing.rows;
  drop_shared(listing, all);
  EXPECT_THAT(names_of(listing), ElementsAre("a:1", "a:2"));
  listing.rows.clear();
  drop_shared(listing, all);
  EXPECT_THAT(names_of(listing), IsEmpty());
}

}  // namespace
}  // namespace dkr
