// measure_engine_usage() in model/usage.h.
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "model/usage.h"

namespace dkr {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// A row of an image, in the repository that is named before the colon, or in none.
struct EngineRow {
  std::string name;
  std::string id;
  std::optional<std::int64_t> size = 10;
  std::int64_t shared_size = -1;
};

Listing engine_with(const std::vector<EngineRow>& rows) {
  Listing listing;
  ListingBuilder builder(listing);
  for (const EngineRow& row : rows) {
    Image image;
    image.id.emplace(row.id);
    image.size = row.size;
    image.shared_size = row.shared_size;
    Row& added = listing.rows.emplace_back();
    added.image = builder.image(std::move(image));
    const std::size_t colon = row.name.find(':');
    if (colon == std::string::npos) continue;
    added.repository = builder.repository(row.name.substr(0, colon));
    added.tag = row.name.substr(colon + 1);
  }
  return listing;
}

/// The report on the rows at the positions `listed`, or all.
UsageReport engine_report(const Listing& listing,
                          const std::optional<std::set<std::size_t>>& listed = std::nullopt) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < listing.rows.size(); ++i) {
    if (!listed || listed->contains(i)) rows.push_back(listing.rows[i]);
  }
  return measure_engine_usage(listing, rows);
}

TEST(MeasureEngineUsage, AddsUpTheImagesOfEachRepository) {
  constexpr auto kUnknown = std::nullopt;
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  const struct {
    const char* what;
    std::vector<EngineRow> rows;
    std::optional<std::set<std::size_t>> listed;
    std::vector<RepositoryUsage> usage;
  } rows[] = {
      {"what an image shares is not unique",
       {{"q:1", "x", 10, 4}, {"q:2", "y", 20, 5}, {"r:1", "z", 30, 0}},
       {},
       {{"q", {2, 2, 30, 21}}, {"r", {1, 1, 30, 30}}}},
      {"an image with several tags counts once",
       {{"q:1", "x", 10, 4}, {"q:2", "x", 10, 4}},
       {},
       {{"q", {2, 1, 10, 6}}}},
      {"an image that another repository has stays",
       {{"q:1", "x", 10, 4}, {"r:1", "x", 10, 4}, {"r:2", "y", 20, 5}},
       {},
       {{"q", {1, 1, 10, 0}}, {"r", {2, 2, 30, 15}}}},
      {"an image that has an unlisted tag stays",
       {{"q:1", "x", 10, 4}, {"q:2", "x", 10, 4}, {"q:3", "y", 20, 5}},
       {{0, 2}},
       {{"q", {2, 2, 30, 15}}}},
      {"images without a name have a row", {{"-", "x", 10, 4}}, {}, {{"<none>", {1, 1, 10, 6}}}},
      {"an engine may list an image twice",
       {{"q:1", "x", 10, 4}, {"q:2", "x", 10, 4}, {"q:3", "x", 10, 4}},
       {},
       {{"q", {3, 1, 10, 6}}}},
      {"an engine that does not tell what is shared",
       {{"q:1", "x", 10}, {"r:1", "y", 20, 5}},
       {},
       {{"q", {1, 1, 10, kUnknown}}, {"r", {1, 1, 20, 15}}}},
      {"one unknown share is enough",
       {{"q:1", "x", 10}, {"q:2", "y", 20, 5}},
       {},
       {{"q", {2, 2, 30, kUnknown}}}},
      {"a share that cannot be", {{"q:1", "x", 10, 11}}, {}, {{"q", {1, 1, 10, kUnknown}}}},
      {"an unknown size counts nothing",
       {{"q:1", "x", kUnknown, 4}, {"q:2", "y", 20, 5}, {"q:3", "z", -1, 0}},
       {},
       {{"q", {3, 3, 20, 15}}}},
      {"nothing is known",
       {{"q:1", "x", kUnknown, 4}, {"q:2", "y", -5, 0}},
       {},
       {{"q", {2, 2, kUnknown, kUnknown}}}},
      {"more than there can be",
       {{"q:1", "x", kHuge, 0}, {"q:2", "y", kHuge, 1}},
       {},
       {{"q", {2, 2, kHuge, kHuge}}}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    EXPECT_THAT(engine_report(engine_with(row.rows), row.listed).repositories,
                testing::UnorderedElementsAreArray(row.usage));
  }
}

TEST(MeasureEngineUsage, HasTheTotalThatTheEngineTells) {
  Listing listing = engine_with({{"q:1", "x", 10, 4}, {"r:1", "x", 10, 4}, {"r:2", "y", 20, 5}});
  EXPECT_EQ(engine_report(listing).total, (Usage{3, 2, std::nullopt, std::nullopt}));
  listing.total_size = 26;
  EXPECT_EQ(engine_report(listing).total, (Usage{3, 2, 26, std::nullopt}));
  EXPECT_EQ(engine_report(listing, std::set<std::size_t>{}).total, (Usage{0, 0, 0, 0}));
  EXPECT_THAT(engine_report(listing, std::set<std::size_t>{}).repositories, IsEmpty());
  EXPECT_EQ(engine_report({}).total, (Usage{0, 0, 0, 0}));
}

TEST(MeasureEngineUsage, KnowsNoTagsWithoutSizes) {
  const UsageReport report = engine_report(engine_with({{"q:1", "x", std::nullopt}}));
  EXPECT_EQ(report.unsized_tags, 0U) << "that is said of registries";
  EXPECT_THAT(report.repositories,
              UnorderedElementsAre(RepositoryUsage{"q", {1, 1, std::nullopt, std::nullopt}}));
}

}  // namespace
}  // namespace dkr
