#include "model/usage.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "model/contents.h"

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kMaxBytes = std::numeric_limits<std::int64_t>::max();

/// What `a`, `b`, `c`... take: 1, 10, 100...
std::uint64_t bytes_of(char blob) {
  std::uint64_t bytes = 1;
  for (char letter = 'a'; letter < blob; ++letter) bytes *= 10;
  return bytes;
}

struct IndexNames {
  std::vector<std::string> manifests;
  std::vector<std::string> attestations = {};
};

/// A tag of the repository that is named before the colon.
struct PointingTag {
  std::string name;
  std::string target;
  bool is_listed = true;
  /// The image of its row; if empty, the target.
  std::string image = {};
};

/// What a registry holds.
struct Holdings {
  std::map<std::string, std::string> blobs;  ///< of manifests, and of indexes that are caches
  std::map<std::string, IndexNames> indexes = {};
  std::vector<PointingTag> tags = {};
};

std::vector<Digest> digests_named(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

/// The listing of `holdings`, with the rows of listed tags.
struct Measured {
  explicit Measured(const Holdings& holdings) {
    ListingBuilder builder(listing);
    for (const auto& [name, letters] : holdings.blobs) {
      std::vector<Blob> blobs;
      for (const char blob : letters) {
        blobs.push_back({Digest(std::string(1, blob)), bytes_of(blob)});
      }
      builder.contents().add(Digest(name), blobs);
    }
    for (const auto& [name, index] : holdings.indexes) {
      listing.indexes[Digest(name)] = {digests_named(index.manifests),
                                       digests_named(index.attestations)};
      builder.contents().add(Digest(name), {});  // unless it has blobs
    }
    for (const PointingTag& tag : holdings.tags) {
      const std::size_t colon = tag.name.find(':');
      Image image;
      image.digest.emplace(tag.image.empty() ? tag.target : tag.image);
      Row row;
      row.image = builder.image(std::move(image));
      row.repository = builder.repository(tag.name.substr(0, colon));
      row.tag = tag.name.substr(colon + 1);
      builder.digest(row, Digest(tag.target));
      listing.rows.push_back(row);
      if (tag.is_listed) listed.push_back(row);
    }
  }

  Listing listing;
  std::vector<Row> listed;
};

std::string bytes_text(const std::optional<std::uint64_t>& bytes) {
  return bytes ? std::to_string(*bytes) : "?";
}

/// Tags, images, size and what is unique.
std::string usage_text(const Usage& usage) {
  return fmt::format("{} {} {} {}", usage.tags, usage.images, bytes_text(usage.size),
                     bytes_text(usage.unique));
}

/// Each repository by name, and the total as `=`.
std::vector<std::string> usage_lines(UsageReport report) {
  const SortKey by_name{SortBy::kRepository};
  sort_usage(report, std::span(&by_name, 1));
  std::vector<std::string> lines;
  for (const auto& [repository, usage] : report.repositories) {
    lines.push_back(repository + " " + usage_text(usage));
  }
  lines.push_back("= " + usage_text(report.total));
  return lines;
}

std::vector<std::string> usage_lines(const Holdings& holdings,
                                     UsageOf of = UsageOf::kAllPlatforms) {
  const Measured measured(holdings);
  return usage_lines(measure_usage(measured.listing, measured.listed, of));
}

struct UsageCase {
  const char* what;
  Holdings holdings;
  std::vector<std::string> lines;
};

TEST(MeasureUsage, CountsABlobOnceAndItIsUniqueIfNoOtherTagNeedsIt) {
  const UsageCase cases[] = {
      {"two tags of a repository share a blob",
       {{{"m1", "ab"}, {"m2", "ac"}}, {}, {{"q:1", "m1"}, {"q:2", "m2"}}},
       {"q 2 2 111 111", "= 2 2 111 111"}},
      {"two repositories share a blob",
       {{{"m1", "ab"}, {"m2", "ac"}}, {}, {{"q:1", "m1"}, {"r:1", "m2"}}},
       {"q 1 1 11 10", "r 1 1 101 100", "= 2 2 111 111"}},
      {"two tags of a repository point to one manifest",
       {{{"m1", "ab"}}, {}, {{"q:1", "m1"}, {"q:2", "m1"}}},
       {"q 2 1 11 11", "= 2 1 11 11"}},
      {"two repositories have one manifest",
       {{{"m1", "ab"}}, {}, {{"q:1", "m1"}, {"r:1", "m1"}}},
       {"q 1 1 11 0", "r 1 1 11 0", "= 2 1 11 11"}},
      {"two manifests need the same blobs",
       {{{"m1", "ab"}, {"m2", "ab"}}, {}, {{"q:1", "m1"}, {"q:2", "m2"}}},
       {"q 2 2 11 11", "= 2 2 11 11"}},
      {"an unlisted tag of the repository shares a blob",
       {{{"m1", "ab"}, {"m2", "ac"}}, {}, {{"q:1", "m1"}, {"q:2", "m2", false}}},
       {"q 1 1 11 10", "= 1 1 11 10"}},
      {"an unlisted tag points to the same manifest",
       {{{"m1", "ab"}}, {}, {{"q:1", "m1"}, {"q:2", "m1", false}}},
       {"q 1 1 11 0", "= 1 1 11 0"}},
      {"an unlisted tag of another repository shares a blob",
       {{{"m1", "ab"}, {"m2", "ac"}}, {}, {{"q:1", "m1"}, {"r:1", "m2", false}}},
       {"q 1 1 11 10", "= 1 1 11 10"}},
      {"listed tags of two repositories and an unlisted one of a third share a blob",
       {{{"m1", "ab"}, {"m2", "ac"}, {"m3", "ad"}},
        {},
        {{"q:1", "m1"}, {"r:1", "m2"}, {"s:1", "m3", false}}},
       {"q 1 1 11 10", "r 1 1 101 100", "= 2 2 111 110"}},
      {"an unlisted tag is what comes first",
       {{{"m1", "ab"}, {"m2", "ac"}}, {}, {{"a:1", "m2", false}, {"q:1", "m1"}, {"r:1", "m1"}}},
       {"q 1 1 11 0", "r 1 1 11 0", "= 2 1 11 10"}},
      {"a tag has the name of one in another repository that is not listed",
       {{{"m1", "a"}, {"m2", "b"}}, {}, {{"q:1", "m1", false}, {"r:1", "m2"}}},
       {"r 1 1 10 10", "= 1 1 10 10"}},
      {"a manifest lists a blob of no bytes, and one none at all",
       {{{"m1", ""}}, {}, {{"q:1", "m1"}}},
       {"q 1 1 0 0", "= 1 1 0 0"}},
  };
  for (const auto& row : cases) {
    SCOPED_TRACE(row.what);
    EXPECT_EQ(usage_lines(row.holdings), row.lines);
  }
}

TEST(MeasureUsage, CountsEverythingBelowAnIndex) {
  const UsageCase cases[] = {
      {"platforms and attestations, which are no images",
       {{{"m1", "ab"}, {"m2", "ac"}, {"t", "d"}}, {{"i", {{"m1", "m2"}, {"t"}}}}, {{"q:1", "i"}}},
       {"q 1 2 1111 1111", "= 1 2 1111 1111"}},
      {"a nested index, and a manifest that is listed twice",
       {{{"m1", "a"}, {"m2", "b"}},
        {{"i", {{"n", "m1", "m1"}}}, {"n", {{"m2", "m1"}}}},
        {{"q:1", "i"}}},
       {"q 1 2 11 11", "= 1 2 11 11"}},
      {"a part of an index has a tag too",
       {{{"m1", "a"}, {"m2", "b"}}, {{"i", {{"m1", "m2"}}}}, {{"q:1", "i"}, {"q:2", "m1"}}},
       {"q 2 2 11 11", "= 2 2 11 11"}},
      {"a part of an index has an unlisted tag",
       {{{"m1", "a"}, {"m2", "b"}}, {{"i", {{"m1", "m2"}}}}, {{"q:1", "i"}, {"q:2", "m1", false}}},
       {"q 1 2 11 10", "= 1 2 11 10"}},
      {"an unlisted index needs what a listed tag points to",
       {{{"m1", "a"}, {"t", "ab"}},
        {{"i", {{"n"}}}, {"n", {{"gone"}, {"t"}}}},
        {{"q:1", "m1"}, {"r:1", "i", false}}},
       {"q 1 1 1 0", "= 1 1 1 0"}},
      {"indexes that list each other, and themselves",
       {{{"m1", "a"}, {"m2", "b"}},
        {{"i", {{"i", "n", "m1"}}}, {"n", {{"m2", "i"}, {"n"}}}},
        {{"q:1", "i"}, {"r:1", "n"}}},
       {"q 1 2 11 0", "r 1 2 11 0", "= 2 2 11 11"}},
      {"a cache, an index of blobs",
       {{{"i", "ab"}, {"m1", "a"}}, {{"i", {}}}, {{"q:1", "i"}, {"r:1", "m1"}}},
       {"q 1 0 11 10", "r 1 1 1 0", "= 2 1 11 11"}},
      {"a cache beside an image in one index",
       {{{"i", "ab"}, {"m1", "ac"}}, {{"i", {{"m1"}}}}, {{"q:1", "i"}}},
       {"q 1 1 111 111", "= 1 1 111 111"}},
      {"what it lists is gone",
       {{{"m1", "a"}}, {{"i", {{"gone", "m1"}, {"lost"}}}}, {{"q:1", "i"}}},
       {"q 1 1 1 1", "= 1 1 1 1"}},
      {"all that it lists is gone",
       {{}, {{"i", {{"gone"}}}}, {{"q:1", "i"}}},
       {"q 1 0 ? ?", "= 1 0 ? ?"}},
      {"what it lists is gone, and another tag is known",
       {{{"m1", "a"}}, {{"i", {{"gone"}}}}, {{"q:1", "i"}, {"q:2", "m1"}, {"r:1", "i"}}},
       {"q 2 1 1 1", "r 1 0 ? ?", "= 3 1 1 1"}},
  };
  for (const auto& row : cases) {
    SCOPED_TRACE(row.what);
    EXPECT_EQ(usage_lines(row.holdings), row.lines);
  }
}

TEST(MeasureUsage, CountsNothingOfWhatDoesNotTellSizes) {
  const Holdings holdings{
      {{"m1", "a"}},
      {{"i", {{"s"}}}},
      {{"q:1", "s"}, {"q:2", "s"}, {"q:3", "s", false}, {"r:1", "s"}, {"r:2", "m1"}, {"r:3", "i"}}};
  const Measured measured(holdings);
  const UsageReport report =
      measure_usage(measured.listing, measured.listed, UsageOf::kAllPlatforms);
  EXPECT_THAT(usage_lines(report), ElementsAre("q 2 1 ? ?", "r 3 2 1 1", "= 5 2 1 1"));
  EXPECT_EQ(report.unsized_tags, 3U) << "the tags that point to it, and are listed";
}

TEST(MeasureUsage, CountsOfOnePlatformItsImageAndOfAnIndexItsOwnBlobs) {
  const std::map<std::string, IndexNames> i = {{"i", {{"m1", "m2"}, {"t"}}}};
  const UsageCase cases[] = {
      {"the other platform and the attestation do not count, and need nothing from the same tag",
       {{{"m1", "ab"}, {"m2", "ac"}, {"t", "ad"}}, i, {{"q:1", "i", true, "m1"}}},
       {"q 1 1 11 11", "= 1 1 11 11"}},
      {"but another tag needs them",
       {{{"m1", "ab"}, {"m2", "ac"}, {"t", "ad"}, {"m3", "bc"}},
        i,
        {{"q:1", "i", true, "m1"}, {"r:1", "m3"}}},
       {"q 1 1 11 1", "r 1 1 110 0", "= 2 2 111 111"}},
      {"and an unlisted tag needs all its platforms",
       {{{"m1", "ab"}, {"m2", "ac"}, {"t", "ad"}, {"m3", "bc"}},
        i,
        {{"q:1", "i", false, "m1"}, {"r:1", "m3"}}},
       {"r 1 1 110 0", "= 1 1 110 0"}},
      {"a cache",
       {{{"i", "a"}, {"m1", "b"}}, {{"i", {{"m1", "m2"}}}}, {{"q:1", "i", true, "m1"}}},
       {"q 1 1 11 11", "= 1 1 11 11"}},
      {"a cache without images",
       {{{"i", "a"}}, {{"i", {}}}, {{"q:1", "i"}}},
       {"q 1 0 1 1", "= 1 0 1 1"}},
      {"the platform is gone", {{{"m2", "ac"}}, i, {{"q:1", "i"}}}, {"q 1 0 ? ?", "= 1 0 ? ?"}},
      {"two tags chose different images of one index",
       {{{"m1", "ab"}, {"m2", "ac"}}, i, {{"q:1", "i", true, "m1"}, {"q:2", "i", true, "m2"}}},
       {"q 2 2 111 111", "= 2 2 111 111"}},
      {"schema 1", {{}, {}, {{"q:1", "s"}}}, {"q 1 1 ? ?", "= 1 1 ? ?"}},
  };
  for (const auto& row : cases) {
    SCOPED_TRACE(row.what);
    EXPECT_EQ(usage_lines(row.holdings, UsageOf::kOnePlatform), row.lines);
  }
}

TEST(MeasureUsage, TakesTheRowsOfATagForOne) {
  const Holdings holdings{{{"m1", "a"}, {"m2", "b"}},
                          {{"i", {{"m1", "m2"}}}},
                          {{"q:1", "i", true, "m1"}, {"r:1", "m1"}, {"q:1", "i", true, "m2"}}};
  EXPECT_THAT(usage_lines(holdings), ElementsAre("q 1 2 11 10", "r 1 1 1 0", "= 2 2 11 11"));
}

TEST(MeasureUsage, HasNoRowsIfNoTagIsListed) {
  for (const Holdings& holdings :
       {Holdings{}, Holdings{{{"m1", "a"}}, {}, {{"q:1", "m1", false}}}}) {
    EXPECT_THAT(usage_lines(holdings), ElementsAre("= 0 0 0 0"));
  }
}

TEST(MeasureUsage, StopsAtTheBiggestNumberOfBytes) {
  Listing listing;
  ListingBuilder builder(listing);
  const Blob blobs[] = {{Digest("a"), kMaxBytes}, {Digest("b"), 5}, {Digest("c"), UINT64_MAX}};
  builder.contents().add(Digest("m"), blobs);
  Image image;
  image.digest.emplace("m");
  Row row;
  row.image = builder.image(std::move(image));
  row.repository = builder.repository("q");
  row.tag = "1";
  builder.digest(row, Digest("m"));
  listing.rows = {row};
  const UsageReport report = measure_usage(listing, listing.rows, UsageOf::kAllPlatforms);
  EXPECT_EQ(report.total, (Usage{1, 1, kMaxBytes, kMaxBytes}));
}

TEST(SaturatingSum, IsAtMostTheBiggestNumberOfBytes) {
  const struct {
    std::uint64_t a;
    std::uint64_t b;
    std::uint64_t sum;
  } rows[] = {{0, 0, 0},
              {5, 7, 12},
              {kMaxBytes, 0, kMaxBytes},
              {kMaxBytes - 1, 1, kMaxBytes},
              {kMaxBytes, 1, kMaxBytes},
              {kMaxBytes + 1, 0, kMaxBytes},
              {UINT64_MAX, UINT64_MAX, kMaxBytes}};
  for (const auto& row : rows) {
    EXPECT_EQ(saturating_sum(row.a, row.b), row.sum);
    EXPECT_EQ(saturating_sum(row.b, row.a), row.sum);
  }
}

TEST(Usage, SharesWhatIsNotUniqueIfBothAreKnown) {
  EXPECT_EQ((Usage{1, 1, 12, 5}).shared(), 7U);
  EXPECT_EQ((Usage{1, 1, 12, std::nullopt}).shared(), std::nullopt);
  EXPECT_EQ((Usage{1, 1, std::nullopt, 5}).shared(), std::nullopt);
}

/// The same figures, computed from their definitions without any haste.
class NaiveUsage {
 public:
  NaiveUsage(const Holdings& holdings, UsageOf of) : holdings_(holdings), of_(of) {}

  /// What the listed tags take whose names begin with `prefix`.
  [[nodiscard]] Usage of(const std::string& prefix) const {
    Usage usage;
    std::set<std::string> images;
    std::set<char> needed;
    std::set<char> needed_by_others;
    bool is_known = false;
    for (const PointingTag& tag : holdings_.tags) {
      if (!tag.is_listed || !tag.name.starts_with(prefix)) {
        for (const std::string& manifest : below(tag.target, true)) {
          add_blobs(manifest, needed_by_others);
        }
        continue;
      }
      ++usage.tags;
      for (const std::string& manifest : counted(tag)) {
        add_blobs(manifest, needed);
        is_known |= is_index(manifest) ? has_blobs(manifest) || lists_nothing(manifest)
                                       : holdings_.blobs.contains(manifest);
      }
      const auto found = images_of(tag);
      images.insert(found.begin(), found.end());
    }
    usage.images = images.size();
    if (is_known) {
      usage.size = usage.unique = 0;
      for (const char blob : needed) {
        *usage.size += bytes_of(blob);
        if (!needed_by_others.contains(blob)) *usage.unique += bytes_of(blob);
      }
    }
    return usage;
  }

  /// Those that are there, and `target` itself.
  [[nodiscard]] std::set<std::string> images_below(const std::string& target) const {
    std::set<std::string> result = below(target, false);
    std::erase_if(result, [&](const std::string& name) {
      return is_index(name) || (name != target && !holdings_.blobs.contains(name));
    });
    return result;
  }

 private:
  [[nodiscard]] bool is_index(const std::string& name) const {
    return holdings_.indexes.contains(name);
  }
  [[nodiscard]] bool has_blobs(const std::string& name) const {
    const auto found = holdings_.blobs.find(name);
    return found != holdings_.blobs.end() && !found->second.empty();
  }
  [[nodiscard]] bool lists_nothing(const std::string& name) const {
    const IndexNames& index = holdings_.indexes.at(name);
    return index.manifests.empty() && index.attestations.empty();
  }
  void add_blobs(const std::string& name, std::set<char>& blobs) const {
    const auto found = holdings_.blobs.find(name);
    if (found != holdings_.blobs.end()) blobs.insert(found->second.begin(), found->second.end());
  }
  void add_below(const std::string& name, bool with_attestations,
                 std::set<std::string>& seen) const {
    if (!seen.insert(name).second || !is_index(name)) return;
    const IndexNames& index = holdings_.indexes.at(name);
    for (const std::string& child : index.manifests) add_below(child, with_attestations, seen);
    if (!with_attestations) return;
    for (const std::string& child : index.attestations) add_below(child, with_attestations, seen);
  }
  [[nodiscard]] std::set<std::string> below(const std::string& name, bool with_attestations) const {
    std::set<std::string> seen;
    add_below(name, with_attestations, seen);
    return seen;
  }
  [[nodiscard]] std::set<std::string> counted(const PointingTag& tag) const {
    if (of_ == UsageOf::kAllPlatforms) return below(tag.target, true);
    std::set<std::string> result = images_of(tag);
    result.insert(tag.target);
    return result;
  }
  [[nodiscard]] std::set<std::string> images_of(const PointingTag& tag) const {
    if (of_ == UsageOf::kAllPlatforms) return images_below(tag.target);
    if (tag.image.empty() && is_index(tag.target)) return {};
    return {tag.image.empty() ? tag.target : tag.image};
  }

  const Holdings& holdings_;
  UsageOf of_;
};

/// Any graph of a few manifests and indexes, and tags that point into it.
Holdings random_holdings(std::mt19937& random) {
  const auto below = [&](std::size_t limit) { return random() % limit; };
  const auto name = [&] { return std::string(1, "mi"[below(2)]) + std::to_string(below(6)); };
  const auto letters = [&] {
    std::set<char> blobs;
    for (std::size_t count = below(4); count > 0; --count) {
      blobs.insert(static_cast<char>('a' + below(8)));
    }
    return std::string(blobs.begin(), blobs.end());
  };
  const auto names = [&](std::size_t limit) {
    std::vector<std::string> result(below(limit));
    std::ranges::generate(result, name);
    return result;
  };
  Holdings holdings;
  for (char digit = '0'; digit < '6'; ++digit) {  // what is left out is gone
    if (below(4) > 0) holdings.blobs[{'m', digit}] = letters();
    if (below(4) == 0) continue;
    const std::string index = {'i', digit};
    holdings.indexes[index] = {names(4), names(2)};
    if (below(3) == 0) holdings.blobs[index] = letters();
  }
  for (std::size_t i = below(10); i > 0; --i) {
    PointingTag tag{fmt::format("{}:{}", "qrs"[below(3)], i), name(), below(3) > 0};
    const auto images = NaiveUsage(holdings, UsageOf::kAllPlatforms).images_below(tag.target);
    if (!images.empty())
      tag.image = *std::next(images.begin(), static_cast<std::ptrdiff_t>(below(images.size())));
    holdings.tags.push_back(std::move(tag));
  }
  return holdings;
}

TEST(MeasureUsage, IsWhatItsDefinitionSays) {
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same listings each time
  std::size_t rows = 0;
  for (int i = 0; i < 300; ++i) {
    const Holdings holdings = random_holdings(random);
    const Measured measured(holdings);
    for (const UsageOf of : {UsageOf::kAllPlatforms, UsageOf::kOnePlatform}) {
      SCOPED_TRACE(testing::Message() << i << " " << static_cast<int>(of));
      const NaiveUsage naive(holdings, of);
      const UsageReport report = measure_usage(measured.listing, measured.listed, of);
      for (const auto& [repository, usage] : report.repositories) {
        EXPECT_EQ(usage_text(usage), usage_text(naive.of(repository + ":"))) << repository;
      }
      if (measured.listed.empty()) continue;
      EXPECT_EQ(usage_text(report.total), usage_text(naive.of("")));
      rows += report.repositories.size();
    }
    if (HasFailure()) break;
  }
  EXPECT_GT(rows, 1'000U);
}

TEST(SortUsage, SortsByEachKeyWithUnknownValuesAndNoneLastEitherWay) {
  const std::vector<RepositoryUsage> repositories{{"b", {3, 1, 70, 10}},
                                                  {"<none>", {1, 2, 90, 30}},
                                                  {"d", {4, 4, std::nullopt, std::nullopt}},
                                                  {"a", {2, 3, 80, std::nullopt}},
                                                  {"c", {2, 3, 80, 5}}};
  const struct {
    std::vector<SortKey> keys;
    std::vector<std::string> names;
  } rows[] = {
      {{}, {"<none>", "a", "c", "b", "d"}},
      {{{SortBy::kRepository}}, {"a", "b", "c", "d", "<none>"}},
      {{{SortBy::kRepository, true}}, {"d", "c", "b", "a", "<none>"}},
      {{{SortBy::kTags}}, {"<none>", "a", "c", "b", "d"}},
      {{{SortBy::kTags, true}}, {"d", "b", "a", "c", "<none>"}},
      {{{SortBy::kImages}}, {"b", "<none>", "a", "c", "d"}},
      {{{SortBy::kImages, true}}, {"d", "a", "c", "<none>", "b"}},
      {{{SortBy::kSize}}, {"b", "a", "c", "<none>", "d"}},
      {{{SortBy::kSize, true}}, {"<none>", "a", "c", "b", "d"}},
      {{{SortBy::kUnique}}, {"c", "b", "<none>", "a", "d"}},
      {{{SortBy::kUnique, true}}, {"<none>", "b", "c", "a", "d"}},
      {{{SortBy::kShared}}, {"<none>", "b", "c", "a", "d"}},
      {{{SortBy::kShared, true}}, {"c", "<none>", "b", "a", "d"}},
      {{{SortBy::kTags}, {SortBy::kRepository, true}}, {"<none>", "c", "a", "b", "d"}},
      {{{SortBy::kCreated}}, {"<none>", "a", "c", "b", "d"}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(testing::Message() << "case " << &row - rows);
    UsageReport report;
    report.repositories = repositories;
    sort_usage(report, row.keys);
    std::vector<std::string> names;
    for (const RepositoryUsage& usage : report.repositories) names.push_back(usage.repository);
    EXPECT_EQ(names, row.names);
  }
}

}  // namespace
}  // namespace dkr
