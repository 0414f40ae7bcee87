#include "model/order.h"

#include <chrono>

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

}  // namespace
}  // namespace dkr
