#include "output/listing.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/text.h"
#include "model/filter.h"
#include "sample_lines.h"
#include "support/fake_world.h"
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

LineStyle style() {
  static const FakeClock clock;  // in UTC
  return {.now = kNow, .clock = clock, .source = "docker"};
}

/// The default table.
std::string table(const Listing& listing, Total total = Total::kOmit) {
  return render_tags(listing, OutputFormat("", false, names_of(tag_fields())), style(),
                     PlatformColumn::kHide, total);
}

std::string tags(const Filter& filter, Total total) {
  Listing listing = listing_of(assignment());
  (void)apply(filter, listing, kNow);
  return table(listing, total);
}

std::string repository_table(const std::vector<std::string>& names) {
  return render_repositories(names, OutputFormat("", false, names_of(repository_fields())),
                             style());
}

TEST(Assignment, ListsRepositories) {
  EXPECT_TRUE(matches_golden("assignment_repos.txt",
                             repository_table(repositories(listing_of(assignment())))));
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
  EXPECT_TRUE(matches_golden("empty_tags.txt", table({})));
}

TEST(RenderTags, PrintsATotalOfZeroForNoImages) {
  EXPECT_TRUE(matches_golden("empty_tags_sum.txt", table({}, Total::kPrint)));
}

TEST(RenderRepositories, PrintsTheHeaderAloneForNoImages) {
  EXPECT_TRUE(matches_golden("empty_repos.txt", repository_table({})));
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
  EXPECT_TRUE(matches_golden("odd_tags.txt", table(listing_of(images))));
  EXPECT_TRUE(matches_golden("odd_repos.txt", repository_table(repositories(listing_of(images)))));
}

TEST(RenderTags, CountsAnImageWithSeveralTagsOnceInTheTotal) {
  const std::vector<Entry> images{{"q", "1", "sha256:aa", days_ago(1), 1'111'000},
                                  {"q", "2", "sha256:aa", days_ago(1), 1'111'000},
                                  {"r", "1", "sha256:bb", days_ago(1), 222'000},
                                  {"s", "1", "sha256:cc", days_ago(1), std::nullopt}};
  EXPECT_TRUE(matches_golden("several_tags_sum.txt", table(listing_of(images), Total::kPrint)));
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
    const std::string text = table(listing_of({{"q", "1", row.id, kNow, 0}}));
    const std::size_t column = text.find("IMAGE ID");
    const std::size_t next = text.find("CREATED");
    const std::string row_text = text.substr(text.find('\n') + 1);
    EXPECT_EQ(trim(std::string_view(row_text).substr(column, next - column)), row.shown);
  }
}

TEST(RenderTags, ShowsThatAnIdIsUnknown) {
  EXPECT_EQ(table(listing_of({{"q", "1", std::nullopt, kNow, 0}})),
            "REPOSITORY   TAG       IMAGE ID   CREATED                  SIZE\n"
            "q            1         N/A        Less than a second ago   0B\n");
}

/// What `format` prints for the sample lines.
std::string lines_of(std::string_view format, bool quiet = false, Digests digests = Digests::kHide,
                     PlatformColumn platforms = PlatformColumn::kHide) {
  SampleLines lines;
  lines.style.digests = digests;
  return render_tags(lines.listing, OutputFormat(format, quiet, names_of(tag_fields())),
                     lines.style, platforms);
}

TEST(RenderTags, ShowsDigestsAndPlatformsOnDemand) {
  EXPECT_TRUE(matches_golden("sample_tags.txt", lines_of("")));
  EXPECT_TRUE(matches_golden("sample_tags_digests.txt", lines_of("table", false, Digests::kShow)));
  EXPECT_TRUE(matches_golden("sample_tags_platforms.txt",
                             lines_of("", false, Digests::kHide, PlatformColumn::kShow)));
  EXPECT_TRUE(matches_golden("sample_tags_platforms_digests.txt",
                             lines_of("", false, Digests::kShow, PlatformColumn::kShow)));
}

TEST(RenderTags, PutsTheTotalUnderSizeWhateverTheColumns) {
  const SampleLines lines;
  LineStyle style = lines.style;
  style.digests = Digests::kShow;
  style.ids = Ids::kWhole;
  EXPECT_TRUE(
      matches_golden("sample_tags_sum.txt",
                     render_tags(lines.listing, OutputFormat("", false, names_of(tag_fields())),
                                 style, PlatformColumn::kShow, Total::kPrint)));
}

/// As in docker, quiet only matters to tables of the default columns.
TEST(RenderTags, PrintsIdsAloneIfQuiet) {
  const std::string ids = "aaaaaaaaaaaa\nN/A\naaaaaaaaaaaa\n";
  EXPECT_EQ(lines_of("", true), ids);
  EXPECT_EQ(lines_of("table", true, Digests::kShow), ids);
  EXPECT_EQ(lines_of("{{.Tag}}", true), "1.4\n<none>\n<none>\n");
  EXPECT_EQ(lines_of("json", true), lines_of("json"));
  EXPECT_EQ(lines_of("table {{.Tag}}", true), "TAG\n1.4\n<none>\n<none>\n");
}

/// An engine may know several digests of an image.
TEST(RenderTags, HasALineForEachDigestOfAnEngine) {
  Listing listing = listing_of({{"q", "1", "sha256:aa"}, {"q", "2", "sha256:bb"}});
  ListingBuilder(listing).digest(listing.rows[0], Digest("sha256:1"));
  ListingBuilder(listing).digest(listing.rows[0], Digest("sha256:2"));
  LineStyle shown = style();
  const OutputFormat format("{{.Tag}} {{.Digest}}", false, names_of(tag_fields()));
  EXPECT_EQ(render_tags(listing, format, shown), "1 <none>\n2 <none>\n");
  shown.digests = Digests::kShow;
  EXPECT_EQ(render_tags(listing, format, shown), "1 sha256:1\n1 sha256:2\n2 <none>\n");
}

TEST(RenderTags, ExecutesATemplateForEachRow) {
  EXPECT_EQ(lines_of("{{.Repository}}:{{.Tag}} {{.SizeBytes}} {{len .Digests}} "
                     "{{if .Created}}{{.Created}}{{else}}?{{end}}"),
            "team/app:1.4 187123456 2 2020-09-03T00:00:00Z\n"
            "<none>:<none>  0 ?\n"
            "<q>\"\\\\x1b\\xff\\xe2\\x80\\xa8&:<none> 187123456 1 2020-09-03T00:00:00Z\n");
}

TEST(RenderTags, HasAnAlignedTableOfTheColumnsThatATemplateNames) {
  EXPECT_EQ(lines_of("table {{.Repository}}\\t{{.SizeBytes}}\\t{{.Tag | upper}}"),
            "REPOSITORY                   SIZE BYTES   TAG\n"
            "team/app                     187123456    1.4\n"
            "<none>                                    <NONE>\n"
            "<q>\"\\\\x1b\\xff\\xe2\\x80\\xa8&   187123456    <NONE>\n");
}

TEST(RenderTags, NamesTheRowThatATemplateFailsOn) {
  EXPECT_THAT(
      [] { lines_of("{{index .Digests 0}}"); },
      testing::ThrowsMessage<Error>(testing::StartsWith("--format: <none>:<none>: position 3: ")));
}

TEST(RenderTags, PrintsNothingButHeadersForNoImages) {
  const auto none = [](std::string_view format, bool quiet) {
    return render_tags({}, OutputFormat(format, quiet, names_of(tag_fields())), style());
  };
  EXPECT_EQ(none("json", false), "");
  EXPECT_EQ(none("{{.Tag}}", false), "");
  EXPECT_EQ(none("", true), "");
  EXPECT_EQ(none("table {{.Tag}}\\t{{.ID}}", false), "TAG       IMAGE ID\n");
}

TEST(RenderRepositories, PrintsEachInEveryFormat) {
  const struct {
    std::string format;
    bool quiet;
    std::string output;
  } rows[] = {
      {"", false, "REPOSITORY\nq\n<none>\n"},
      {"", true, "q\n<none>\n"},
      {"json", false, "{\"Repository\":\"q\"}\n{\"Repository\":\"\\u003cnone\\u003e\"}\n"},
      {"{{.Repository | upper}}", false, "Q\n<NONE>\n"},
      {"table {{.Repository}}", false, "REPOSITORY\nq\n<none>\n"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(render_repositories(
                  {"q", "<none>"},
                  OutputFormat(row.format, row.quiet, names_of(repository_fields())), style()),
              row.output);
  }
}

TEST(OutputFormat, KnowsWhatItPrints) {
  const struct {
    std::string format;
    FormatKind kind;
    bool is_quiet;
    bool is_literal;
    bool reads_digest;
  } rows[] = {
      {"", FormatKind::kTable, true, false, false},
      {"table", FormatKind::kTable, true, false, false},
      {"json", FormatKind::kJson, false, false, false},
      {"{{json .}}", FormatKind::kJson, false, false, false},
      {"{{ .Digest }}", FormatKind::kTemplate, false, false, true},
      {"{{.Digests}}", FormatKind::kTemplate, false, false, false},
      {"table {{.Digest | upper}}", FormatKind::kTableTemplate, false, false, true},
      {"pretty", FormatKind::kTemplate, false, true, false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.format);
    const OutputFormat format(row.format, true, names_of(tag_fields()));
    EXPECT_EQ(format.kind(), row.kind);
    EXPECT_EQ(format.is_default(), row.is_quiet);
    EXPECT_EQ(format.is_quiet(), row.is_quiet);
    EXPECT_EQ(format.is_literal(), row.is_literal);
    EXPECT_EQ(format.reads("Digest"), row.reads_digest);
    EXPECT_FALSE(OutputFormat(row.format, false, names_of(tag_fields())).is_quiet());
  }
}

TEST(OutputFormat, RefusesFieldsThatAreNotThere) {
  EXPECT_THROW(OutputFormat("{{.Nope}}", false, names_of(tag_fields())), TemplateError);
  EXPECT_THROW(OutputFormat("{{.Tag}}", false, names_of(repository_fields())), TemplateError);
}

}  // namespace
}  // namespace dkr
