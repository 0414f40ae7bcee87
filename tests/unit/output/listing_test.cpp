#include "output/listing.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/text.h"
#include "model/filter.h"
#include "support/golden.h"
#include "support/listings.h"

namespace dkr {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr Time kNow{std::chrono::sys_days{std::chrono::year{2020} / 9 / 20}};

std::optional<Time> days_ago(int count) { return kNow - days(count); }

std::vector<Entry> assignment() {
  const std::string webapp = "123456789000.dkr.ecr.us-east-1.amazonaws.com/webapp";
  return {
      {"nginx", "latest", "sha256:7e4d58f0e5f3", days_ago(17), 133'000'000},
      {"nginx", "alpine", "sha256:6f715d38cfe0", days_ago(45), 22'100'000},
      {"mysql/mysql-server", "5.7", "sha256:9c31a29b3f30", days_ago(75), 322'000'000},
      {"datadog/agent", "7", "sha256:534ebd31f754", days_ago(95), 540'000'000},
      {webapp, "20200609-1018", "sha256:4660474f5c5b", days_ago(105), 902'000'000},
      {"awscli", "1", "sha256:39491bbd3b9a", days_ago(115), 317'000'000},
      {"debian", "buster-20200514-slim", "sha256:108d75da320f", days_ago(130), 69'200'000},
      {std::nullopt, std::nullopt, "sha256:c0dc2538b9fa", days_ago(140), 661'000'000},
  };
}

std::string tags(const Filter& filter, Total total) {
  Listing listing = listing_of(assignment());
  (void)apply(filter, listing, kNow);
  return render_tags(listing, kNow, total);
}

TEST(Assignment, ListsRepositories) {
  EXPECT_TRUE(matches_golden("assignment_repos.txt",
                             render_repositories(repositories(listing_of(assignment())))));
}

TEST(Assignment, ListsTags) {
  EXPECT_TRUE(matches_golden("assignment_tags.txt", tags({}, Total::kOmit)));
}

TEST(Assignment, ListsTagsOfTwoPrefixes) {
  Filter filter;
  filter.prefixes = {"nginx", "debian"};
  EXPECT_TRUE(matches_golden("assignment_tags_prefix.txt", tags(filter, Total::kOmit)));
}

TEST(Assignment, ListsTheNewestTagOfTwoPrefixesWithTheirSum) {
  Filter filter;
  filter.prefixes = {"nginx", "debian"};
  filter.max_tags = 1;
  EXPECT_TRUE(
      matches_golden("assignment_tags_prefix_max_tags_sum.txt", tags(filter, Total::kPrint)));
}

TEST(Assignment, ListsOldBigTags) {
  Filter filter;
  filter.min_age_days = 20;
  filter.min_size = 100'000'000;
  EXPECT_TRUE(matches_golden("assignment_tags_min_age_min_size.txt", tags(filter, Total::kOmit)));
}

TEST(RenderTags, PrintsTheHeaderAloneForNoImages) {
  EXPECT_TRUE(matches_golden("empty_tags.txt", render_tags({}, kNow, Total::kOmit)));
}

TEST(RenderTags, PrintsATotalOfZeroForNoImages) {
  EXPECT_TRUE(matches_golden("empty_tags_sum.txt", render_tags({}, kNow, Total::kPrint)));
}

TEST(RenderRepositories, PrintsTheHeaderAloneForNoImages) {
  EXPECT_TRUE(matches_golden("empty_repos.txt", render_repositories({})));
}

TEST(RenderTags, KeepsColumnsApartWhateverTheCellsHold) {
  const std::vector<Entry> images{
      {"q", "1", "sha256:0123456789abcdef", kNow, 0},
      {"größe/日本", "ü", "0123456789abcdef", kNow - seconds(1), 999'500},
      {"esc\x1b[31m", "two\nlines", "sha256:c1\xc2\x9b", kNow + days(1), 1'999},
      {"no-facts", std::nullopt, "short", std::nullopt, std::nullopt},
      {"a.repository.of/some-length/as-they-occur-in-company-registries",
       "a-tag-of-some-length-as-pipelines-make-them", "sha512:fedcba9876543210", days_ago(20'000),
       9'223'372'036'854'775'807},
  };
  EXPECT_TRUE(matches_golden("odd_tags.txt", render_tags(listing_of(images), kNow, Total::kOmit)));
  EXPECT_TRUE(
      matches_golden("odd_repos.txt", render_repositories(repositories(listing_of(images)))));
}

TEST(RenderTags, CountsAnImageWithSeveralTagsOnceInTheTotal) {
  const std::vector<Entry> images{{"q", "1", "sha256:aa", days_ago(1), 1'111'000},
                                  {"q", "2", "sha256:aa", days_ago(1), 1'111'000},
                                  {"r", "1", "sha256:bb", days_ago(1), 222'000},
                                  {"s", "1", "sha256:cc", days_ago(1), std::nullopt}};
  EXPECT_TRUE(
      matches_golden("several_tags_sum.txt", render_tags(listing_of(images), kNow, Total::kPrint)));
}

TEST(RenderTags, ShowsTwelveCharactersOfAnIdAfterItsAlgorithm) {
  const struct {
    std::string id;
    std::string shown;
  } rows[] = {
      {"sha256:0123456789abcdef", "0123456789ab"},
      {"0123456789abcdef", "0123456789ab"},
      {"sha256:0123456789ab", "0123456789ab"},
      {"sha256:0123", "0123"},
      {"0123", "0123"},
      {"a:b:c", "b:c"},
      {"sha256:", ""},
      {"", ""},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.id);
    const std::string table =
        render_tags(listing_of({{"q", "1", row.id, kNow, 0}}), kNow, Total::kOmit);
    const std::size_t column = table.find("IMAGE ID");
    const std::size_t next = table.find("CREATED");
    const std::string row_text = table.substr(table.find('\n') + 1);
    EXPECT_EQ(trim(std::string_view(row_text).substr(column, next - column)), row.shown);
  }
}

TEST(RenderTags, ShowsThatAnIdIsUnknown) {
  EXPECT_EQ(render_tags(listing_of({{"q", "1", std::nullopt, kNow, 0}}), kNow, Total::kOmit),
            "REPOSITORY   TAG       IMAGE ID   CREATED                  SIZE\n"
            "q            1         N/A        Less than a second ago   0B\n");
}

}  // namespace
}  // namespace dkr
