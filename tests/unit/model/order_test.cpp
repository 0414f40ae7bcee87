#include "model/order.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "support/listings.h"

namespace dkr {
namespace {

TEST(SortNewestFirst, PutsUnknownDatesLastAndOrdersEquallyOldOnesByName) {
  const Time old{std::chrono::seconds(-5)};
  const Time recent{std::chrono::seconds(5)};
  Listing listing = listing_of({{"b", "2", "x", old},
                                {"a", "10", "x"},
                                {"b", "1", "x", old},
                                {"a", "9", "x", old},
                                {"a", "1", "x", recent},
                                {"a", "1", "x"}});
  sort_newest_first(listing);
  EXPECT_THAT(names_of(listing), testing::ElementsAre("a:1", "a:9", "b:1", "b:2", "a:1", "a:10"));
}

TEST(SortRows, SortsByEachKeyWithUnknownValuesLastEitherWay) {
  const Time old{std::chrono::seconds(-5)};
  const Time recent{std::chrono::seconds(5)};
  const std::vector<Entry> entries{{"b", "v1.10", "x", recent, 5},
                                   {"a", "v1.9", "z", old, -1},
                                   {std::nullopt, std::nullopt, std::nullopt},
                                   {"c", "latest", "y", old, 7}};
  const struct {
    std::vector<SortKey> keys;
    std::vector<std::string> names;
  } rows[] = {
      {{}, {"b:v1.10", "a:v1.9", "<none>:<none>", "c:latest"}},
      {{{SortBy::kCreated}}, {"a:v1.9", "c:latest", "b:v1.10", "<none>:<none>"}},
      {{{SortBy::kCreated, true}}, {"b:v1.10", "a:v1.9", "c:latest", "<none>:<none>"}},
      {{{SortBy::kSize}}, {"a:v1.9", "b:v1.10", "c:latest", "<none>:<none>"}},
      {{{SortBy::kSize, true}}, {"c:latest", "b:v1.10", "a:v1.9", "<none>:<none>"}},
      {{{SortBy::kRepository}}, {"a:v1.9", "b:v1.10", "c:latest", "<none>:<none>"}},
      {{{SortBy::kRepository, true}}, {"c:latest", "b:v1.10", "a:v1.9", "<none>:<none>"}},
      {{{SortBy::kTag}}, {"c:latest", "a:v1.9", "b:v1.10", "<none>:<none>"}},
      {{{SortBy::kTag, true}}, {"b:v1.10", "a:v1.9", "c:latest", "<none>:<none>"}},
      {{{SortBy::kId}}, {"b:v1.10", "c:latest", "a:v1.9", "<none>:<none>"}},
      {{{SortBy::kId, true}}, {"a:v1.9", "c:latest", "b:v1.10", "<none>:<none>"}},
      {{{SortBy::kCreated}, {SortBy::kSize, true}},
       {"c:latest", "a:v1.9", "b:v1.10", "<none>:<none>"}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(testing::Message() << "case " << &row - rows);
    Listing listing = listing_of(entries);
    sort_rows(listing, row.keys);
    EXPECT_EQ(names_of(listing), row.names);
  }
}

TEST(SortRows, KeepsTheOrderOfWhatIsEqual) {
  Listing listing = listing_of(
      {{"b", "3", "x"}, {"a", "1", "x"}, {"b", "1", "x"}, {"a", "2", "x"}, {"b", "2", "x"}});
  const SortKey descending{SortBy::kRepository, true};
  sort_rows(listing, std::span(&descending, 1));
  EXPECT_THAT(names_of(listing), testing::ElementsAre("b:3", "b:1", "b:2", "a:1", "a:2"));
}

TEST(CompareVersions, TakesDigitsForNumbers) {
  // In ascending order.
  const std::vector<std::string> texts{"",
                                       "-",
                                       "0",
                                       "00",
                                       "0.9",
                                       "0.10",
                                       "01",
                                       "1",
                                       "1-rc2",
                                       "1-rc10",
                                       "1.0",
                                       "1.00",
                                       "2",
                                       "09",
                                       "9",
                                       "10",
                                       "20200609",
                                       "18446744073709551616",
                                       "18446744073709551617",
                                       "V1",
                                       "a",
                                       "v1.9",
                                       "v1.9.1",
                                       "v1.10",
                                       "v1.10a",
                                       "v2",
                                       "\xc3\xbc"};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (std::size_t j = 0; j < texts.size(); ++j) {
      EXPECT_EQ(compare_versions(texts[i], texts[j]), i <=> j) << texts[i] << " and " << texts[j];
    }
  }
}

}  // namespace
}  // namespace dkr
