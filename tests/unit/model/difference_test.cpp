#include "model/difference.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Names = std::map<std::string, std::string>;

TagTarget pointing_to(const std::vector<std::string>& digests,
                      std::optional<std::string> id = std::nullopt) {
  TagTarget target;
  for (const std::string& digest : digests) target.digests.emplace_back(digest);
  if (id) target.id.emplace(*id);
  return target;
}

/// Tags as `app:1`, each with a digest.
TagTable table_of(const std::map<std::string, std::string>& tags) {
  TagTable table;
  for (const auto& [name, digest] : tags) {
    const std::size_t colon = name.find(':');
    table.repositories[name.substr(0, colon)][name.substr(colon + 1)] = pointing_to({digest});
  }
  return table;
}

/// As `only-a app:1`.
std::vector<std::string> texts(const std::vector<Difference>& differences) {
  std::vector<std::string> result;
  for (const Difference& difference : differences) {
    result.push_back(std::string(to_string(difference.status)) + " " + difference.repository + ":" +
                     difference.tag);
  }
  return result;
}

std::vector<std::string> compared(const TagTable& a, const TagTable& b,
                                  const Names& names = {{"app", "app"}},
                                  OnlyB only_b = OnlyB::kReport) {
  return texts(compare(a, b, names, only_b));
}

TEST(Compare, FindsWhatEitherSideLacksAndWhatDiffers) {
  const TagTable a = table_of({{"app:same", "m1"}, {"app:moved", "m2"}, {"app:here", "m3"}});
  const TagTable b = table_of({{"app:same", "m1"}, {"app:moved", "m4"}, {"app:there", "m3"}});
  const std::vector<Difference> found = compare(a, b, {{"app", "app"}}, OnlyB::kReport);
  EXPECT_THAT(texts(found),
              ElementsAre("only-a app:here", "differs app:moved", "only-b app:there"));
  EXPECT_EQ(found[0].digest_a, Digest("m3"));
  EXPECT_EQ(found[0].digest_b, std::nullopt);
  EXPECT_EQ(found[1].digest_a, Digest("m2"));
  EXPECT_EQ(found[1].digest_b, Digest("m4"));
  EXPECT_EQ(found[2].digest_a, std::nullopt);
  EXPECT_EQ(found[2].digest_b, Digest("m3"));
  EXPECT_THAT(compared(a, b, {{"app", "app"}}, OnlyB::kIgnore),
              ElementsAre("only-a app:here", "differs app:moved"));
  EXPECT_THAT(compared(a, a), IsEmpty());
}

TEST(Compare, OrdersByRepositoryAndThenByTheNumbersInTags) {
  const TagTable a = table_of({{"b:1.10", "m"}, {"b:1.9", "m"}, {"a:2", "m"}});
  EXPECT_THAT(compared(a, {}, {{"a", "a"}, {"b", "b"}}),
              ElementsAre("only-a a:2", "only-a b:1.9", "only-a b:1.10"));
}

TEST(Compare, LooksForTheNamesThatItIsGiven) {
  const TagTable a = table_of({{"app:1", "m1"}, {"skipped:1", "m1"}});
  const TagTable b = table_of({{"mirror/app:1", "m1"}, {"mirror/app:2", "m1"}, {"app:3", "m1"}});
  EXPECT_THAT(compared(a, b, {{"app", "mirror/app"}}), ElementsAre("only-b mirror/app:2"));
  EXPECT_THAT(compared({}, b, {{"app", "app"}}), ElementsAre("only-b app:3"))
      << "a repository without tags is compared too";
}

TEST(Compare, SaysOnceWhatIsOnlyInARepositoryThatTwoBecome) {
  const TagTable a = table_of({{"x/app:1", "m1"}, {"y/app:2", "m2"}});
  const TagTable b = table_of({{"app:1", "m1"}, {"app:2", "m2"}, {"app:3", "m3"}});
  EXPECT_THAT(compared(a, b, {{"x/app", "app"}, {"y/app", "app"}}), ElementsAre("only-b app:3"));
}

TEST(Compare, CallsNothingADifferenceThatCouldNotBeRead) {
  const TagTable full = table_of({{"app:1", "m1"}, {"app:2", "m2"}, {"other:1", "m1"}});
  const Names names = {{"app", "app"}, {"other", "other"}};
  TagTable partial = table_of({{"app:1", "m9"}});
  const struct {
    std::vector<Gap> gaps;
    bool is_complete;
    std::vector<std::string> missing;  // of full, where the table has only app:1
  } rows[] = {
      {{}, true, {"app:2", "other:1"}},
      {{{"app", "2"}}, true, {"other:1"}},
      {{{"app", ""}}, true, {"other:1"}},
      {{{"app", "3"}, {"other", ""}}, true, {"app:2"}},
      {{}, false, {}},
  };
  for (const auto& row : rows) {
    partial.gaps = row.gaps;
    partial.is_complete = row.is_complete;
    std::vector<std::string> expected_a{"differs app:1"};
    std::vector<std::string> expected_b{"differs app:1"};
    for (const std::string& name : row.missing) {
      expected_a.push_back("only-a " + name);
      expected_b.push_back("only-b " + name);
    }
    EXPECT_EQ(compared(full, partial, names), expected_a);
    EXPECT_EQ(compared(partial, full, names), expected_b);
  }
}

TEST(Compare, FindsTheGapsOfTheSecondSourceByItsOwnNames) {
  const TagTable a = table_of({{"app:1", "m1"}});
  TagTable b;
  b.gaps = {{"app", ""}};
  EXPECT_THAT(compared(a, b, {{"app", "mirror/app"}}), ElementsAre("only-a app:1"));
  b.gaps = {{"mirror/app", ""}};
  EXPECT_THAT(compared(a, b, {{"app", "mirror/app"}}), IsEmpty());
}

TEST(Compare, TakesEnginesImagesForTheSameByAnyDigestOrById) {
  const struct {
    TagTarget a;
    TagTarget b;
    bool is_same;
  } rows[] = {
      {pointing_to({"m1", "m2"}, "i1"), pointing_to({"m2"}), true},
      {pointing_to({"m2"}), pointing_to({"m1", "m2"}, "i1"), true},
      {pointing_to({"m1"}, "i1"), pointing_to({"m2"}), false},
      {pointing_to({"m1"}, "i1"), pointing_to({"m2"}, "i1"), true},
      {pointing_to({}, "i1"), pointing_to({}, "i1"), true},
      {pointing_to({}, "i1"), pointing_to({}, "i2"), false},
      {pointing_to({}, "i1"), pointing_to({"m1"}), false},
      // containerd's store, where the id is the digest of the index
      {pointing_to({}, "m1"), pointing_to({"m1"}), true},
      {pointing_to({"m1"}), pointing_to({}, "m1"), true},
  };
  for (const auto& row : rows) {
    TagTable a;
    TagTable b;
    a.repositories["app"]["1"] = row.a;
    b.repositories["app"]["1"] = row.b;
    EXPECT_EQ(compared(a, b).empty(), row.is_same);
  }
}

TEST(Judge, CallsTheSameImagesInOtherManifestsRepackaged) {
  using Configs = std::optional<std::vector<Digest>>;
  const auto digest = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<Digest>(text);
  };
  const auto configs = [](const std::vector<std::string>& texts) {
    Configs result(std::in_place);
    for (const std::string& text : texts) result->emplace_back(text);
    return result;
  };
  const Configs unknown;
  constexpr auto kDiffers = DifferenceStatus::kDiffers;
  constexpr auto kRepackaged = DifferenceStatus::kRepackaged;
  const struct {
    std::string digest_a;
    std::string id_a;
    Configs a;
    Configs b;
    std::optional<DifferenceStatus> status;
  } rows[] = {
      {"m1", "", configs({"c1", "c2"}), configs({"c1", "c2"}), kRepackaged},
      {"m1", "", configs({"c1", "c2"}), configs({"c1"}), kDiffers},
      {"m1", "", configs({"c1"}), configs({"c1", "c2"}), kDiffers},
      {"m1", "", configs({}), configs({}), kDiffers},
      {"m1", "", unknown, unknown, kDiffers},
      {"m1", "", unknown, configs({"c1"}), kDiffers},
      // an engine's image
      {"m1", "c2", unknown, configs({"c2"}), kRepackaged},
      {"m1", "c2", unknown, configs({"c1", "c2"}), kDiffers},
      {"m1", "c3", unknown, configs({"c1", "c2"}), kDiffers},
      {"m1", "c3", unknown, unknown, kDiffers},
      // one without a digest
      {"", "c2", unknown, configs({"c1", "c2"}), std::nullopt},
      {"", "c3", unknown, configs({"c1", "c2"}), kDiffers},
      {"", "c3", unknown, unknown, std::nullopt},
  };
  const auto known = [](const Configs& found) { return found ? &*found : nullptr; };
  for (const auto& row : rows) {
    const Difference difference{
        kDiffers, "app", "1", digest(row.digest_a), Digest("m2"), digest(row.id_a), std::nullopt};
    EXPECT_EQ(judge(difference, known(row.a), known(row.b)), row.status);
    const Difference mirrored{
        kDiffers, "app", "1", Digest("m2"), digest(row.digest_a), std::nullopt, digest(row.id_a)};
    EXPECT_EQ(judge(mirrored, known(row.b), known(row.a)), row.status);
  }
}

TEST(SortDifferences, SortsByEachKeyEitherWay) {
  using enum DifferenceStatus;
  std::vector<Difference> all{
      {kRepackaged, "b", "1.10"}, {kOnlyA, "a", "1.9"}, {kOnlyB, "b", "1.9"}};
  const auto sorted = [&](std::vector<SortKey> keys) {
    std::vector<Difference> copy = all;
    sort_differences(copy, keys);
    return texts(copy);
  };
  EXPECT_THAT(sorted({{SortBy::kStatus}}),
              ElementsAre("only-a a:1.9", "only-b b:1.9", "repackaged b:1.10"));
  EXPECT_THAT(sorted({{SortBy::kTag, true}, {SortBy::kRepository, true}}),
              ElementsAre("repackaged b:1.10", "only-b b:1.9", "only-a a:1.9"));
  EXPECT_THAT(sorted({}), ElementsAre("repackaged b:1.10", "only-a a:1.9", "only-b b:1.9"));
}

TEST(Renamed, PutsAnotherBeginningInThePlaceOfTheFirstThatFits) {
  const std::vector<Renaming> renamings{{"team/old", "attic"}, {"team/", "x/"}, {"", "all/"}};
  EXPECT_EQ(renamed("team/old/app", renamings), "attic/app");
  EXPECT_EQ(renamed("team/app", renamings), "x/app");
  EXPECT_EQ(renamed("app", renamings), "all/app");
  EXPECT_EQ(renamed("app", {}), "app");
  EXPECT_EQ(renamed("app", std::vector<Renaming>{{"app", ""}}), "");
}

/// Rows of an engine, by their repositories; empty: without a name.
Listing engine_rows(const std::vector<std::string>& names) {
  Listing listing;
  ListingBuilder builder(listing);
  for (const std::string& name : names) {
    Row& row = listing.rows.emplace_back();
    if (!name.empty()) row.repository = builder.repository(name);
    row.image = builder.image({});
    row.tag = "1";
  }
  return listing;
}

TEST(KeepRegistry, KeepsTheRepositoriesOfARegistryWithoutItsHost) {
  const std::vector<std::string> names{"nginx",
                                       "team/app",
                                       "localhost:5000/app",
                                       "localhost/app",
                                       "localhost:50001/app",
                                       "",
                                       "quay.io/team/app",
                                       "localhost:5000/team/app",
                                       "a.b_c/app"};
  Listing listing = engine_rows(names);
  keep_registry(listing, "localhost:5000/");
  EXPECT_THAT(repositories(listing), ElementsAre("app", "<none>", "team/app"));
  listing = engine_rows(names);
  keep_registry(listing, "");
  EXPECT_THAT(repositories(listing), ElementsAre("nginx", "team/app", "<none>", "a.b_c/app"));
}

TEST(KeepRegistry, KeepsTheGapsOfTheRegistryAndThoseWithoutAName) {
  Listing listing;
  listing.gaps = {{"localhost:5000/app", "1"}, {"quay.io/app", "1"}, {"<none>", "2"}, {"", ""}};
  keep_registry(listing, "localhost:5000/");
  std::vector<std::string> names;
  for (const Gap& gap : listing.gaps) names.push_back(gap.repository);
  EXPECT_THAT(names, ElementsAre("app", "<none>", ""));
}

TEST(TagsOf, IsNotCompleteWhereAnyNameMayBeMissing) {
  Listing listing = engine_rows({"app"});
  EXPECT_TRUE(tags_of(listing, TagStore::kOci).is_complete);
  listing.gaps = {{"", ""}};
  EXPECT_FALSE(tags_of(listing, TagStore::kOci).is_complete);
}

TEST(TagsOf, TakesAllImagesOfTheSameName) {
  Listing listing = engine_rows({"app", "app"});
  ListingBuilder builder(listing);
  builder.digest(listing.rows[0], Digest("m1"));
  builder.digest(listing.rows[1], Digest("m2"));
  const TagTable one = tags_of(listing, TagStore::kOci);
  std::swap(listing.digests[0], listing.digests[1]);
  const TagTable swapped = tags_of(listing, TagStore::kOci);
  EXPECT_THAT(compare(one, swapped, {{"app", "app"}}, OnlyB::kReport), testing::IsEmpty());
  listing.digests = {Digest("m1"), Digest("m3")};
  const TagTable other = tags_of(listing, TagStore::kOci);
  listing.rows.pop_back();
  const TagTable single = tags_of(listing, TagStore::kOci);
  for (const auto& [table, digest] : {std::pair(other, "m3"), std::pair(single, "m1")}) {
    const auto differences = compare(one, table, {{"app", "app"}}, OnlyB::kReport);
    ASSERT_THAT(differences, testing::SizeIs(1));
    EXPECT_EQ(differences.front().digest_a, Digest("m2"));
    EXPECT_EQ(differences.front().digest_b, Digest(digest));
    EXPECT_EQ(differences.front().images, Difference::Images::kSeveral);
  }
}

TEST(TagsOf, TellsSeveralImagesWithoutManifestsApartByTheirIds) {
  const auto table = [](const std::vector<std::string>& ids) {
    Listing listing = engine_rows(std::vector<std::string>(ids.size(), "app"));
    for (std::size_t i = 0; i < ids.size(); ++i) {
      listing.images[listing.rows[i].image].id = Digest(ids[i]);
    }
    return tags_of(listing, TagStore::kOci);
  };
  const auto differ = [&](const TagTable& a, const TagTable& b) {
    return !compare(a, b, {{"app", "app"}}, OnlyB::kReport).empty();
  };
  EXPECT_FALSE(differ(table({"i1", "i2"}), table({"i2", "i1"})));
  EXPECT_TRUE(differ(table({"i1", "i2"}), table({"i1"})));
  EXPECT_TRUE(differ(table({"i1"}), table({"i1", "i2"})));
}

TEST(TagsOf, TakesTheRowsThatHaveATag) {
  Listing listing = engine_rows({"app", "", "app", "other"});
  listing.rows[2].tag = "";
  listing.images[0].id = Digest("i1");
  listing.gaps = {{"app", "2"}};
  ListingBuilder builder(listing);
  builder.digest(listing.rows[0], Digest("m1"));
  builder.digest(listing.rows[0], Digest("m2"));
  const TagTable table = tags_of(listing, TagStore::kEngine);
  ASSERT_EQ(table.repositories.size(), 3U);
  EXPECT_TRUE(table.repositories.contains("<none>"));
  EXPECT_EQ(table.repositories.at("app"), (TagTable::Tags{{"1", pointing_to({"m1", "m2"}, "i1")}}));
  EXPECT_EQ(table.gaps.size(), 1U);
  EXPECT_TRUE(table.is_complete);
}

TEST(TagsOf, TakesTheDigestThatATagPointsToAndNotThatOfAPlatform) {
  for (const TagStore store : {TagStore::kEngine, TagStore::kOci}) {
    Listing listing = engine_rows({"app", "app"});
    ListingBuilder builder(listing);
    for (Row& row : listing.rows) {
      listing.images[row.image].digest = Digest("child");
      builder.digest(row, Digest("index"));
      builder.digest(row, Digest("child"));
    }
    EXPECT_EQ(tags_of(listing, store).repositories.at("app"),
              (TagTable::Tags{{"1", pointing_to({"index"})}}));
  }
}

TEST(TagsOf, MissesTagsOfAnEngineWhereAnEntryCannotBeRead) {
  Listing listing;
  listing.failures = {{"entry 3 has no Id"}};
  EXPECT_FALSE(tags_of(listing, TagStore::kEngine).is_complete);
  EXPECT_TRUE(tags_of(listing, TagStore::kOci).is_complete) << "there, gaps say what is missing";
}

}  // namespace
}  // namespace dkr
