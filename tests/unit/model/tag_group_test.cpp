#include "model/tag_group.h"

#include <chrono>
#include <optional>
#include <vector>

#include <gmock/gmock.h>

#include "support/listings.h"

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Time day(int number) { return Time(std::chrono::days(number)); }

TEST(TagsByRepository, PutsTheRowsOfATagTogether) {
  const Listing listing = listing_of({{"b", "1", "x", day(1)},
                                      {"a", "1", "x", day(2)},
                                      {std::nullopt, std::nullopt, "x", day(3)},
                                      {"b", "1", "y", day(5)},
                                      {"b", "2", "x"},
                                      {"b", std::nullopt, "x", day(4)},
                                      {"b", std::nullopt, "y"},
                                      {"b", "1", "z"}});
  std::vector<std::vector<std::vector<std::size_t>>> rows;
  std::vector<std::optional<Time>> dates;
  for (const auto& tags : tags_by_repository(listing)) {
    auto& repository = rows.emplace_back();
    for (const TagGroup& tag : tags) {
      repository.push_back(tag.rows);
      dates.push_back(tag.created);
    }
  }
  EXPECT_THAT(rows, ElementsAre(ElementsAre(ElementsAre(0, 3, 7), ElementsAre(4), ElementsAre(5),
                                            ElementsAre(6)),
                                ElementsAre(ElementsAre(1)), ElementsAre(ElementsAre(2))));
  EXPECT_THAT(dates, ElementsAre(day(5), std::nullopt, day(4), std::nullopt, day(2), day(3)))
      << "a tag is as new as its newest platform";
}

TEST(TagsByRepository, HasAPlaceForRowsWithoutARepositoryAlsoIfThereAreNone) {
  EXPECT_THAT(tags_by_repository({}), ElementsAre(IsEmpty()));
}

}  // namespace
}  // namespace dkr
