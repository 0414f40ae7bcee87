#include "model/filter.h"

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "support/listings.h"

namespace dkr {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Time kNow{seconds(1'600'000'000)};
constexpr std::int64_t kDay = 24 * 60 * 60;

/// `repository` without a tag if it is given as `name`, with one if as `name:tag`.
struct Spec {
  std::string name;
  std::optional<std::int64_t> age_seconds = 0;
  std::optional<std::int64_t> size = 0;
};

Listing images_of(const std::vector<Spec>& specs) {
  std::vector<Entry> entries;
  for (const Spec& spec : specs) {
    Entry entry;
    const std::size_t colon = spec.name.find(':');
    if (spec.name != "<none>") entry.repository = spec.name.substr(0, colon);
    if (colon != std::string::npos) entry.tag = spec.name.substr(colon + 1);
    if (spec.age_seconds) entry.created = kNow - seconds(*spec.age_seconds);
    entry.id = spec.name;
    entry.size = spec.size;
    entries.push_back(entry);
  }
  return listing_of(entries);
}

Filter prefixes(std::vector<std::string> wanted) {
  Filter filter;
  filter.prefixes = std::move(wanted);
  return filter;
}
Filter min_age(std::int64_t days) {
  Filter filter;
  filter.min_age_days = days;
  return filter;
}
Filter min_size(std::uint64_t bytes) {
  Filter filter;
  filter.min_size = bytes;
  return filter;
}
Filter max_tags(std::int64_t count) {
  Filter filter;
  filter.max_tags = count;
  return filter;
}

/// The names of those `specs` that `filter` keeps.
std::vector<std::string> kept(const Filter& filter, const std::vector<Spec>& specs) {
  Listing listing = images_of(specs);
  (void)apply(filter, listing, kNow);
  std::vector<std::string> names;
  for (const Entry& entry : entries_of(listing)) names.push_back(*entry.id);
  return names;
}

TEST(Filter, KeepsEverythingByDefault) {
  EXPECT_THAT(kept({}, {{"b:1", std::nullopt, std::nullopt}, {"a:1", -5}, {"<none>"}}),
              ElementsAre("b:1", "a:1", "<none>"));
  EXPECT_THAT(kept({}, {}), IsEmpty());
}

TEST(FilterPrefix, KeepsRepositoriesThatStartWithOneOfThem) {
  const std::vector<Spec> images{{"nginx:1"},      {"nginx/unit:1"}, {"my/nginx:1"},
                                 {"Nginx.io/q:1"}, {"debian:1"},     {"<none>"}};
  const struct {
    std::vector<std::string> prefixes;
    std::vector<std::string> kept;
  } rows[] = {
      {{"nginx"}, {"nginx:1", "nginx/unit:1"}},
      {{"nginx/"}, {"nginx/unit:1"}},
      {{"debian", "my"}, {"my/nginx:1", "debian:1"}},
      {{"debian", "deb", "debian"}, {"debian:1"}},
      {{"N"}, {"Nginx.io/q:1"}},
      {{"<none>"}, {"<none>"}},
      {{"<"}, {"<none>"}},
      {{""}, {"nginx:1", "nginx/unit:1", "my/nginx:1", "Nginx.io/q:1", "debian:1", "<none>"}},
      {{"nginx:1"}, {}},
      {{"ngin*"}, {}},
      {{"debian,my"}, {}},
      {{"debian", "no such"}, {"debian:1"}},
      {{"debian-and-longer"}, {}},
      {{"docker.io/library/nginx"}, {}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(testing::PrintToString(row.prefixes));
    EXPECT_EQ(kept(prefixes(row.prefixes), images), row.kept);
  }
}

TEST(FilterRepo, KeepsRepositoriesOfExactlyOneOfTheNames) {
  const std::vector<Spec> images{
      {"nginx:1"}, {"nginx2:1"}, {"my/nginx:1"}, {"Nginx:1"}, {"<none>"}};
  Filter filter;
  filter.names = {"nginx"};
  EXPECT_THAT(kept(filter, images), ElementsAre("nginx:1"));
  filter.names = {"my/nginx", "<none>"};
  EXPECT_THAT(kept(filter, images), ElementsAre("my/nginx:1", "<none>"));
  filter.names = {""};
  EXPECT_THAT(kept(filter, images), IsEmpty());
}

TEST(FilterRepo, OrAPrefixKeepsARepository) {
  const std::vector<Spec> images{{"nginx:1"}, {"nginx2:1"}, {"my/nginx:1"}, {"your/nginx:1"}};
  Filter filter;
  filter.names = {"nginx"};
  filter.prefixes = {"my/"};
  EXPECT_THAT(kept(filter, images), ElementsAre("nginx:1", "my/nginx:1"));
}

TEST(KeepsRepository, KnowsWithoutAnyImage) {
  EXPECT_TRUE(keeps_repository({}, "a"));
  EXPECT_TRUE(keeps_repository({}, ""));
  Filter filter;
  filter.names = {"a"};
  EXPECT_TRUE(keeps_repository(filter, "a"));
  EXPECT_FALSE(keeps_repository(filter, "ab"));
  filter.prefixes = {"b"};
  EXPECT_TRUE(keeps_repository(filter, "a"));
  EXPECT_TRUE(keeps_repository(filter, "bc"));
  EXPECT_FALSE(keeps_repository(filter, "c"));
}

TEST(KeepsSize, KnowsWithoutAnyImage) {
  EXPECT_TRUE(keeps_size({}, std::nullopt));
  EXPECT_FALSE(keeps_size(min_size(0), std::nullopt));
  EXPECT_FALSE(keeps_size(min_size(5), 5));
  EXPECT_TRUE(keeps_size(min_size(5), 6));
  Filter filter;
  filter.max_size = 5;
  EXPECT_TRUE(keeps_size(filter, 5));
  EXPECT_FALSE(keeps_size(filter, 6));
  EXPECT_FALSE(keeps_size(filter, std::nullopt));
}

TEST(NeedsDates, IfAFilterDependsOnThem) {
  EXPECT_FALSE(needs_dates({}));
  EXPECT_FALSE(needs_dates(min_size(5)));
  EXPECT_FALSE(needs_dates(prefixes({"a"})));
  EXPECT_TRUE(needs_dates(min_age(0)));
  EXPECT_TRUE(needs_dates(max_tags(1)));
  Filter filter;
  filter.max_age_days = 0;
  EXPECT_TRUE(needs_dates(filter));
  filter = {};
  filter.keep = 0;
  EXPECT_TRUE(needs_dates(filter));
}

TEST(FilterTag, KeepsTagsThatMatchAPatternAndNoExcludedOne) {
  const std::vector<Spec> images{{"q:v1.0"}, {"q:v1.1-rc1"}, {"q:latest"}, {"q"}, {"<none>"}};
  const struct {
    std::vector<std::string> tags;
    std::vector<std::string> excluded;
    std::vector<std::string> kept;
  } rows[] = {
      {{"v1.*"}, {}, {"q:v1.0", "q:v1.1-rc1"}},
      {{"v1"}, {}, {}},
      {{"v1.0", "lat*"}, {}, {"q:v1.0", "q:latest"}},
      {{}, {"*-rc*", "latest"}, {"q:v1.0", "q", "<none>"}},
      {{"v1.*"}, {"*-rc*"}, {"q:v1.0"}},
      {{"<none>"}, {}, {"q", "<none>"}},
      {{}, {"<none>"}, {"q:v1.0", "q:v1.1-rc1", "q:latest"}},
      {{""}, {}, {}},
      {{}, {"*"}, {}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(testing::PrintToString(row.tags) + testing::PrintToString(row.excluded));
    Filter filter;
    filter.tags = row.tags;
    filter.excluded_tags = row.excluded;
    EXPECT_EQ(kept(filter, images), row.kept);
  }
}

TEST(FilterMinAge, KeepsImagesCreatedMoreThanThatManyDaysAgo) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  const struct {
    std::int64_t days;
    std::int64_t age_seconds;
    bool kept;
  } rows[] = {
      {0, -1, false},
      {0, 0, false},
      {0, 1, true},
      {1, kDay - 1, false},
      {1, kDay, false},
      {1, kDay + 1, true},
      {20, 20 * kDay, false},
      {20, 20 * kDay + 1, true},
      {20, 21 * kDay, true},
      {20, -21 * kDay, false},
      {100'000, kNow.time_since_epoch().count(), false},
      {18'000, kNow.time_since_epoch().count(), true},
      {kMax, 1'000 * kDay, false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(testing::Message() << row.days << " days, age " << row.age_seconds);
    EXPECT_EQ(kept(min_age(row.days), {{"q:1", row.age_seconds}}).size(), row.kept ? 1U : 0U);
  }
}

TEST(FilterMinAge, TakesDatesFarOutsideOfTheUsual) {
  const Time earliest{seconds(std::numeric_limits<std::int64_t>::min())};
  const Time latest{seconds(std::numeric_limits<std::int64_t>::max())};
  const struct {
    Time created;
    Time now;
    bool kept;
  } rows[] = {
      {earliest, kNow, true},    {earliest, latest, true},    {latest, kNow, false},
      {latest, earliest, false}, {earliest, earliest, false},
  };
  for (const auto& row : rows) {
    Listing listing = listing_of({{"q", "1", "id", row.created, 1}});
    (void)apply(min_age(300 * 365), listing, row.now);
    EXPECT_EQ(listing.rows.size(), row.kept ? 1U : 0U);
  }
}

TEST(FilterMaxAge, KeepsWhatMinAgeDoesNotButNoUnknownDates) {
  Filter filter;
  filter.max_age_days = 1;
  EXPECT_THAT(kept(filter, {{"future:1", -1}, {"limit:1", kDay}, {"old:1", kDay + 1}, {"u:1", {}}}),
              ElementsAre("future:1", "limit:1"));
  filter.max_age_days = 0;
  EXPECT_THAT(kept(filter, {{"now:1", 0}, {"old:1", 1}}), ElementsAre("now:1"));
}

TEST(FilterMaxSize, KeepsImagesOfAtMostThatSize) {
  Filter filter;
  filter.max_size = 100;
  EXPECT_THAT(kept(filter, {{"a:1", 0, 100}, {"a:2", 0, 101}, {"a:3", 0, {}}, {"a:4", 0, -1}}),
              ElementsAre("a:1", "a:4"));
  filter.max_size = std::numeric_limits<std::uint64_t>::max();
  EXPECT_THAT(kept(filter, {{"a:1", 0, std::numeric_limits<std::int64_t>::max()}}), SizeIs(1));
}

TEST(FilterUnused, DropsEveryTagOfAnImageInUse) {
  Listing listing = images_of({{"a:1"}, {"a:2"}, {"b:1"}});
  listing.images[0].is_in_use = true;
  listing.rows[2].image = 0;
  Filter filter;
  filter.unused = true;
  (void)apply(filter, listing, kNow);
  EXPECT_THAT(names_of(listing), ElementsAre("a:2"));
}

TEST(FilterMinSize, KeepsStrictlyBiggerImages) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  constexpr std::uint64_t kBeyond = std::numeric_limits<std::uint64_t>::max();
  const struct {
    std::uint64_t min_size;
    std::int64_t size;
    bool kept;
  } rows[] = {
      {0, 0, false},       {0, 1, true},
      {100, 99, false},    {100, 100, false},
      {100, 101, true},    {static_cast<std::uint64_t>(kMax) - 1, kMax, true},
      {kMax, kMax, false}, {kBeyond, kMax, false},
      {0, -1, false},      {kBeyond, -1, false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(testing::Message() << row.size << " bytes against " << row.min_size);
    EXPECT_EQ(kept(min_size(row.min_size), {{"q:1", 0, row.size}}).size(), row.kept ? 1U : 0U);
  }
}

TEST(Filter, KeepsNothingUnknownWhenItIsAskedFor) {
  const std::vector<Spec> images{{"no-date:1", std::nullopt, 10}, {"no-size:1", 10, std::nullopt}};
  EXPECT_THAT(kept(min_age(0), images), ElementsAre("no-size:1"));
  EXPECT_THAT(kept(min_size(0), images), ElementsAre("no-date:1"));
}

TEST(FilterMaxTags, KeepsTheNewestOfEachRepositoryInTheirOldOrder) {
  const std::vector<Spec> images{{"a:old", 30}, {"b:only", 99}, {"a:new", 10}, {"a:middle", 20}};
  const struct {
    std::int64_t max_tags;
    std::vector<std::string> kept;
  } rows[] = {
      {0, {}},
      {1, {"b:only", "a:new"}},
      {2, {"b:only", "a:new", "a:middle"}},
      {3, {"a:old", "b:only", "a:new", "a:middle"}},
      {std::numeric_limits<std::int64_t>::max(), {"a:old", "b:only", "a:new", "a:middle"}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.max_tags);
    EXPECT_EQ(kept(max_tags(row.max_tags), images), row.kept);
  }
}

TEST(FilterMaxTags, TakesTheEarlierOfEquallyOldOnesForNewer) {
  const std::vector<Spec> images{{"q:1", 5}, {"q:2", 5}, {"q:3", 5}, {"q:4", 4}};
  EXPECT_THAT(kept(max_tags(1), images), ElementsAre("q:4"));
  EXPECT_THAT(kept(max_tags(2), images), ElementsAre("q:1", "q:4"));
  EXPECT_THAT(kept(max_tags(3), images), ElementsAre("q:1", "q:2", "q:4"));
}

TEST(FilterMaxTags, KeepsTheFirstOfAnyNumberOfEquallyOldOnes) {
  std::vector<Spec> images;
  std::vector<std::string> first_ten;
  for (int i = 0; i < 1'000; ++i) {
    images.push_back({"q:" + std::to_string(i), 5});
    if (i < 10) first_ten.push_back(images.back().name);
  }
  EXPECT_EQ(kept(max_tags(10), images), first_ten);
}

TEST(FilterMaxTags, TakesAnUnknownDateForTheOldest) {
  const std::vector<Spec> images{{"q:unknown", std::nullopt}, {"q:ancient", 999'999'999'999}};
  EXPECT_THAT(kept(max_tags(1), images), ElementsAre("q:ancient"));
}

TEST(FilterMaxTags, CountsImagesWithoutANameAsOneRepository) {
  Listing listing = images_of({{"<none>", 3}, {"<none>", 2}, {"q:1", 9}});
  listing.images[0].id = Digest("older");
  (void)apply(max_tags(1), listing, kNow);
  const std::vector<Entry> left = entries_of(listing);
  ASSERT_EQ(left.size(), 2U);
  EXPECT_EQ(left[0].id, "<none>");
  EXPECT_EQ(left[1].id, "q:1");
}

TEST(Filter, CombinesWithAnd) {
  const std::vector<Spec> images{{"nginx:young", kDay, 500},
                                 {"nginx:small", 30 * kDay, 100},
                                 {"nginx:good", 30 * kDay, 101},
                                 {"debian:good", 30 * kDay, 101}};
  Filter filter = prefixes({"nginx"});
  filter.min_age_days = 20;
  filter.min_size = 100;
  EXPECT_THAT(kept(filter, images), ElementsAre("nginx:good"));
}

TEST(FilterMaxTags, CountsOnlyWhatTheOtherFiltersKept) {
  const std::vector<Spec> images{{"q:young", kDay, 500},
                                 {"q:small", 30 * kDay, 5},
                                 {"q:first", 40 * kDay, 500},
                                 {"q:second", 50 * kDay, 500}};
  Filter filter = max_tags(1);
  filter.min_age_days = 20;
  filter.min_size = 100;
  EXPECT_THAT(kept(filter, images), ElementsAre("q:first"));
}

TEST(Filter, TellsHowManyRowsEachPartOfItLeft) {
  Listing listing = images_of({{"a:1", 1}, {"a:2", 9 * kDay, 7}, {"a:3", 9 * kDay}, {"b:1"}});
  Filter filter = prefixes({"a"});
  filter.min_age_days = 2;
  filter.min_size = 0;
  filter.max_tags = 0;
  const auto steps = apply(filter, listing, kNow);
  std::vector<std::pair<FilterRule, std::size_t>> left;
  for (const auto& [rule, rows] : steps) left.emplace_back(rule, rows);
  EXPECT_THAT(left,
              ElementsAre(std::pair(FilterRule::kRepository, 3), std::pair(FilterRule::kMinAge, 2),
                          std::pair(FilterRule::kMinSize, 1), std::pair(FilterRule::kMaxTags, 0)));
}

TEST(Filter, TellsNothingOfPartsThatAreNotSet) {
  Listing listing = images_of({{"a:1"}});
  EXPECT_THAT(apply({}, listing, kNow), IsEmpty());
  const auto steps = apply(max_tags(5), listing, kNow);
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].rule, FilterRule::kMaxTags);
  EXPECT_EQ(steps[0].rows, 1U);
}

TEST(Filter, AppliesItsPartsInTheOrderInWhichItTellsThem) {
  Filter filter;
  filter.names = {"q"};
  filter.tags = {"*"};
  filter.keep = 0;
  filter.min_age_days = filter.max_age_days = filter.max_tags = 0;
  filter.min_size = filter.max_size = 0;
  filter.unused = true;
  Listing listing;
  std::vector<FilterRule> rules;
  for (const FilterStep& step : apply(filter, listing, kNow)) rules.push_back(step.rule);
  EXPECT_THAT(rules, ElementsAre(FilterRule::kRepository, FilterRule::kTag, FilterRule::kKeep,
                                 FilterRule::kMinAge, FilterRule::kMaxAge, FilterRule::kMinSize,
                                 FilterRule::kMaxSize, FilterRule::kUnused, FilterRule::kShared,
                                 FilterRule::kMaxTags));
}

TEST(FilterMaxTags, CountsATagOfSeveralPlatformsOnceByItsNewest) {
  EXPECT_THAT(kept(max_tags(1), {{"q:1", 9}, {"q:2", 5}, {"q:1", 1}}), ElementsAre("q:1", "q:1"));
}

TEST(FilterKeep, CountsAmongTheNamesAndTagsThatAreLeft) {
  const std::vector<Spec> images{{"q:v4", 1}, {"q:dev", 2}, {"q:v3", 3}, {"q:v2", 4}, {"r:v1", 9}};
  Filter filter = prefixes({"q"});
  filter.keep = 1;
  filter.tags = {"v*"};
  EXPECT_THAT(kept(filter, images), ElementsAre("q:v3", "q:v2"));
  filter.excluded_tags = {"v4"};
  EXPECT_THAT(kept(filter, images), ElementsAre("q:v2"));
}

TEST(FilterKeep, CountsBeforeAgeAndSize) {
  const std::vector<Spec> images{{"q:small", 1, 5}, {"q:big", 2, 50}, {"q:old", 9 * kDay, 50}};
  Filter filter = min_size(10);
  filter.keep = 1;
  EXPECT_THAT(kept(filter, images), ElementsAre("q:big", "q:old"));
  filter.min_age_days = 5;
  EXPECT_THAT(kept(filter, images), ElementsAre("q:old"));
  filter.max_tags = 0;
  EXPECT_THAT(kept(filter, images), IsEmpty());
}

/// A tag that could not be read may need what the others point to.
TEST(FilterKeep, KeepsNothingOfRepositoriesWithGaps) {
  Filter filter;
  const auto left = [&] {
    Listing listing = images_of({{"q:1"}, {"r:1"}, {"q:2"}, {"qq:1"}});
    listing.gaps = {{"q", "3"}, {"s", ""}};
    (void)apply(filter, listing, kNow);
    return names_of(listing);
  };
  EXPECT_THAT(left(), ElementsAre("q:1", "r:1", "q:2", "qq:1"));
  filter.keep = 0;
  EXPECT_THAT(left(), ElementsAre("r:1", "qq:1"));
}

/// Whichever filter it is that keeps a tag from being listed.
TEST(FilterKeep, ProtectsWhatAnyTagThatIsNotListedPointsAt) {
  const auto shared = [](const Filter& filter) {
    // q:1 and q:2 share an image, as do q:3 and r:3.
    Listing listing = images_of({{"q:1", 5}, {"q:2", 5}, {"q:3", 5}, {"r:3", 5}});
    listing.rows[1].image = 0;
    listing.rows[3].image = 2;
    (void)apply(filter, listing, kNow);
    return names_of(listing);
  };
  Filter filter;
  filter.keep = 0;
  EXPECT_THAT(shared(filter), ElementsAre("q:1", "q:2", "q:3", "r:3"));
  filter.tags = {"1", "3"};
  EXPECT_THAT(shared(filter), ElementsAre("q:3", "r:3"));
  filter.tags.clear();
  filter.excluded_tags = {"2"};
  EXPECT_THAT(shared(filter), ElementsAre("q:3", "r:3"));
  filter.excluded_tags.clear();
  filter.max_tags = 1;
  EXPECT_THAT(shared(filter), ElementsAre("r:3"));
  filter.keep = std::nullopt;
  EXPECT_THAT(shared(filter), ElementsAre("q:1", "r:3")) << "as without --keep";
}

}  // namespace
}  // namespace dkr
