#include "output/treemap.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "output/squarify.h"
#include "support/xml.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr std::uint64_t kGigabyte = 1'000'000'000;

RepositoryUsage usage_of(std::string name, std::optional<std::uint64_t> size,
                         std::optional<std::uint64_t> unique) {
  return {.repository = std::move(name),
          .usage = {.tags = 2, .images = 1, .size = size, .unique = unique}};
}

UsageReport report_of(std::vector<RepositoryUsage> rows) {
  UsageReport report{.repositories = std::move(rows), .total = {}};
  report.total.tags = 2 * report.repositories.size();
  report.total.size = 63'400'000'000;
  return report;
}

/// `count` repositories, of which the n-th largest has 1/n of the size of the largest.
UsageReport falling_report(std::size_t count) {
  std::vector<RepositoryUsage> rows;
  for (std::size_t i = 1; i <= count; ++i) {
    rows.push_back(usage_of("team/service-" + std::to_string(i), 100 * kGigabyte / i, 5));
  }
  return report_of(std::move(rows));
}

/// A rectangle of the picture, and what is drawn on it.
struct Drawn {
  std::string title;
  std::vector<Rectangle> places;   ///< of the whole, and of the unique part
  std::vector<std::string> fills;  ///< the same
  std::vector<std::string> label;
  Rectangle label_place;

  [[nodiscard]] const Rectangle& place() const { return places.front(); }
  [[nodiscard]] std::string name() const { return title.substr(0, title.find('\n')); }
};

Rectangle place_of(const XmlElement& element) {
  const auto number = [&](const char* name) { return std::stod(element.attributes.at(name)); };
  return {.x = number("x"), .y = number("y"), .width = number("width"), .height = number("height")};
}

Drawn drawn_of(const XmlElement& group) {
  Drawn drawn;
  for (const XmlElement& child : group.children) {
    if (child.name == "title") drawn.title = child.text;
    if (child.name == "rect") {
      drawn.places.push_back(place_of(child));
      drawn.fills.push_back(child.attributes.at("fill"));
    }
    if (child.name == "svg") {
      drawn.label_place = place_of(child);
      for (const XmlElement& line : child.children) drawn.label.push_back(line.text);
    }
  }
  return drawn;
}

/// The largest repositories first; before them what is left, if there is any.
std::vector<Drawn> drawn_of(const UsageReport& report) {
  std::vector<Drawn> tiles;
  for (const XmlElement& child : parse_xml(render_treemap(report)).children) {
    if (child.name != "g") continue;
    Drawn drawn = drawn_of(child);
    if (!drawn.places.empty()) tiles.push_back(std::move(drawn));
  }
  return tiles;
}

double area_of(const Rectangle& r) { return r.width * r.height; }

/// All text of `element`.
std::string text_in(const XmlElement& element) {
  std::string text = element.text + "\n";
  for (const XmlElement& child : element.children) text += text_in(child);
  return text;
}

std::string text_of(const UsageReport& report) {
  return text_in(parse_xml(render_treemap(report)));
}

constexpr double kFrameArea = 776 * 500;
// Coordinates have two decimals.
constexpr double kRounding = 0.011;

TEST(Treemap, GivesARepositoryAnAreaAndATitle) {
  const auto tiles = drawn_of(report_of({
      usage_of("tools", 10 * kGigabyte, 10 * kGigabyte),
      usage_of("backend", 30 * kGigabyte, 7'500'000'001),
  }));
  ASSERT_THAT(tiles, SizeIs(2));
  EXPECT_EQ(tiles[0].title,
            "backend\n2 tags, 1 image\nSIZE 30GB (30000000000 bytes)\n"
            "SHARED 22.5GB (22499999999 bytes)\nUNIQUE 7.5GB (7500000001 bytes)");
  EXPECT_THAT(tiles[0].label, ElementsAre("backend", "30GB", "7.5GB unique"));
  EXPECT_EQ(tiles[1].name(), "tools");
  EXPECT_NEAR(area_of(tiles[0].place()), kFrameArea * 3 / 4, 10);
  EXPECT_NEAR(area_of(tiles[1].place()), kFrameArea / 4, 10);
}

TEST(Treemap, SaysWhatTheTotalIs) {
  UsageReport report = report_of({usage_of("a", 5, 5)});
  EXPECT_THAT(text_of(report), HasSubstr("63.4GB in 1 repository, 2 tags\n"));
  report.total = {.tags = 1, .images = 1, .size = std::nullopt, .unique = std::nullopt};
  EXPECT_THAT(text_of(report), HasSubstr("N/A in 1 repository, 1 tag\n"));
}

TEST(Treemap, StandsAlone) {
  std::set<std::string> names;
  const std::string svg = render_treemap(falling_report(100));
  const XmlElement picture = parse_xml(svg);
  const auto collect = [&](const auto& self, const XmlElement& element) -> void {
    names.insert(element.name);
    for (const XmlElement& child : element.children) self(self, child);
  };
  collect(collect, picture);
  EXPECT_THAT(names, ElementsAre("desc", "g", "pattern", "rect", "svg", "text", "title"));
  EXPECT_THAT(svg, Not(HasSubstr("href")));
  EXPECT_EQ(picture.attributes.at("role"), "img");
  EXPECT_EQ(picture.attributes.at("viewBox"), "0 0 800 600");
}

TEST(Treemap, HatchesTheSharedPart) {
  const struct {
    std::optional<std::uint64_t> unique;
    std::vector<std::string> fills;
    double unique_part;
  } cases[] = {
      {0, {"url(#dkr-ls-shared)", "#9cc4e8"}, 0},
      {25, {"url(#dkr-ls-shared)", "#9cc4e8"}, 0.25},
      {100, {"url(#dkr-ls-shared)", "#9cc4e8"}, 1},
      {std::nullopt, {"#e3e5e8"}, 1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.unique.value_or(-1));
    const auto tiles = drawn_of(report_of({usage_of("a", 100, c.unique)}));
    ASSERT_THAT(tiles, SizeIs(1));
    EXPECT_EQ(tiles[0].fills, c.fills);
    EXPECT_NEAR(tiles[0].places.back().height, tiles[0].place().height * c.unique_part, kRounding);
    EXPECT_EQ(tiles[0].places.back().y, tiles[0].place().y);
  }
}

TEST(Treemap, SaysThatAPartIsNotKnown) {
  constexpr std::string_view kLegend = "not known which part is shared";
  const UsageReport unknown = report_of({usage_of("a", 100, std::nullopt)});
  EXPECT_THAT(drawn_of(unknown).at(0).title, EndsWith("SHARED N/A\nUNIQUE N/A"));
  EXPECT_THAT(drawn_of(unknown).at(0).label, ElementsAre("a", "100B"));
  EXPECT_THAT(text_of(unknown), HasSubstr(kLegend));
  EXPECT_THAT(text_of(report_of({usage_of("a", 100, 50)})), Not(HasSubstr(kLegend)));
}

TEST(Treemap, SaysThatThereIsNothing) {
  const UsageReport nothing;
  EXPECT_THAT(drawn_of(nothing), IsEmpty());
  EXPECT_THAT(text_of(nothing), HasSubstr("No repositories"));
}

TEST(Treemap, KeepsProportionsInsideTheFrame) {
  for (const std::size_t count : {1U, 2U, 7U, 50U, 300U}) {
    SCOPED_TRACE(count);
    const auto tiles = drawn_of(falling_report(count));
    ASSERT_THAT(tiles, SizeIs(count));
    const double largest = area_of(tiles[0].place());
    for (std::size_t i = 0; i < count; ++i) {
      const Rectangle& r = tiles[i].place();
      EXPECT_NEAR(area_of(r), largest / static_cast<double>(i + 1),
                  (r.width + r.height) * kRounding);
      EXPECT_TRUE(r.x >= 12 && r.x + r.width <= 788 + kRounding) << i;
      EXPECT_TRUE(r.y >= 66 && r.y + r.height <= 566 + kRounding) << i;
    }
  }
}

TEST(Treemap, GathersTheSmallest) {
  const auto tiles = drawn_of(falling_report(10'000));
  ASSERT_THAT(tiles, SizeIs(501));
  EXPECT_THAT(tiles[0].title,
              StartsWith("9500 more repositories\n19000 tags, 9500 images\nSIZE 299.5GB (2994"));
  EXPECT_THAT(tiles[0].title,
              HasSubstr("\nThese are sums: what repositories share may count more than once.\n"
                        "team/service-501 199.6MB\nteam/service-502 199.2MB\n"));
  EXPECT_THAT(tiles[0].title, EndsWith("\nteam/service-510 196.1MB\nand 9490 more"));
  EXPECT_THAT(tiles[0].label, ElementsAre("9500 more repositories, 299.5GB"));
  // The largest has a bit more than a tenth of all.
  EXPECT_NEAR(area_of(tiles[0].place()), area_of(tiles[1].place()) * 2.995, 20);
  EXPECT_EQ(tiles[1].name(), "team/service-1");
  EXPECT_EQ(tiles[500].name(), "team/service-500");
  EXPECT_LT(render_treemap(falling_report(10'000)).size(), 300'000U);
}

TEST(Treemap, GathersWhatIsTooSmallToBeSeen) {
  const auto tiles = drawn_of(report_of({
      usage_of("large", 100 * kGigabyte, 0),
      usage_of("small", 1'000'000, 1000),
      usage_of("smaller", 500'000, 500),
      usage_of("nothing", 0, 0),
      usage_of("unknown", std::nullopt, std::nullopt),
  }));
  ASSERT_THAT(tiles, SizeIs(2));
  EXPECT_EQ(tiles[0].title,
            "4 more repositories (1 of unknown size)\n8 tags, 4 images\n"
            "SIZE 1.5MB (1500000 bytes)\nSHARED 1.498MB (1498500 bytes)\n"
            "UNIQUE 1.5kB (1500 bytes)\n"
            "These are sums: what repositories share may count more than once.\n"
            "small 1MB\nsmaller 500kB\nnothing 0B\nunknown N/A");
  EXPECT_THAT(tiles[0].label,
              ElementsAre("4 more repositories (1 of unknown size), 1.5MB, not to scale"));
  EXPECT_EQ(tiles[0].place().height, 22);
  EXPECT_EQ(tiles[1].name(), "large");
}

TEST(Treemap, ShowsRepositoriesWithoutAnySize) {
  const struct {
    std::vector<RepositoryUsage> rows;
    std::string label;
  } cases[] = {
      {{usage_of("a", std::nullopt, std::nullopt)}, "1 repository (1 of unknown size), N/A"},
      {{usage_of("a", 0, 0), usage_of("b", 0, 0)}, "2 repositories, 0B"},
      {{usage_of("a", 0, 0), usage_of("b", std::nullopt, std::nullopt)},
       "2 repositories (1 of unknown size), 0B"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.label);
    const auto tiles = drawn_of(report_of(c.rows));
    ASSERT_THAT(tiles, SizeIs(1));
    EXPECT_THAT(tiles[0].label, ElementsAre(c.label));
    EXPECT_THAT(tiles[0].fills, ElementsAre("#e3e5e8"));
    EXPECT_EQ(area_of(tiles[0].place()), kFrameArea);
  }
}

TEST(Treemap, LeavesRoomForTheLargestWhereMostAreGathered) {
  std::vector<RepositoryUsage> rows(9000, usage_of("a", kGigabyte, 0));
  const auto tiles = drawn_of(report_of(std::move(rows)));
  ASSERT_THAT(tiles, SizeIs(501));
  for (std::size_t i = 1; i < tiles.size(); ++i) {
    const Rectangle& r = tiles[i].place();
    EXPECT_LT(std::max(r.width, r.height), 3 * std::min(r.width, r.height)) << i;
  }
}

TEST(Treemap, TakesTheLargestSizes) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  std::vector<RepositoryUsage> rows(600, usage_of("max", kMax, kMax));
  rows.push_back(usage_of("half", kMax / 2, 1));
  const auto tiles = drawn_of(report_of(std::move(rows)));
  ASSERT_THAT(tiles, SizeIs(501));
  EXPECT_THAT(tiles[0].title, StartsWith("101 more repositories\n202 tags, 101 images\n"
                                         "SIZE 9.223EB (9223372036854775807 bytes)\n"));
  EXPECT_THAT(tiles[1].title, HasSubstr("SIZE 9.223EB (9223372036854775807 bytes)"));
}

TEST(Treemap, HoldsAnyName) {
  const struct {
    std::string name;
    std::string shown;
  } cases[] = {
      {R"(<script>a & b</script>"'&amp;)", R"(<script>a & b</script>"'&amp;)"},
      {"]]>", "]]>"},
      {"</title><!-- -->", "</title><!-- -->"},
      {std::string("\0\t\n\r\x1b\x7f", 6), R"(\x00\x09\x0a\x0d\x1b\x7f)"},
      {"\xff\xc3", R"(\xff\xc3)"},
      {"\xed\xa0\x80", R"(\xed\xa0\x80)"},
      {"\uFFFE\uFFFF\uFFFD", "\\xef\\xbf\\xbe\\xef\\xbf\\xbf\uFFFD"},
      {"\U0001F433\U0001FFFE\U0010FFFF", "\U0001F433\U0001FFFE\U0010FFFF"},
      {"a\u202Eb\u2066c\u0085d", R"(a\xe2\x80\xaeb\xe2\x81\xa6c\xc2\x85d)"},
      {"שלום", "שלום"},
      {"", ""},
      {std::string(100'000, 'w'), std::string(100'000, 'w')},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.shown.substr(0, 100));
    const auto tiles = drawn_of(report_of({usage_of(c.name, 100, 5), usage_of(c.name, 0, 0)}));
    ASSERT_THAT(tiles, SizeIs(2));
    EXPECT_THAT(tiles[0].title, EndsWith("\n" + c.shown + " 0B"));
    EXPECT_EQ(tiles[1].name(), c.shown);
  }
}

TEST(Treemap, KeepsTheEndOfANameThatIsTooLong) {
  const auto label =
      drawn_of(report_of({usage_of(std::string(1000, 'x') + "/app", 9, 9)})).at(0).label;
  ASSERT_THAT(label, SizeIs(3));
  EXPECT_THAT(label[0], AllOf(StartsWith("…xxx"), EndsWith("xxx/app")));
}

TEST(Treemap, CountsCharactersOfOtherScriptsAsWide) {
  const auto length = [](const std::string& character) {
    std::string name;
    for (int i = 0; i < 1000; ++i) name += character;
    return drawn_of(report_of({usage_of(name, 9, 9)})).at(0).label.at(0).size() / character.size();
  };
  EXPECT_LT(length("語"), 71U);  // 776 / 11
  EXPECT_LT(length("m"), 74U);   // the ellipsis has three bytes
  EXPECT_GT(length("a"), 100U);
}

TEST(Treemap, KeepsLabelsInTheirRectangles) {
  std::size_t without_label = 0;
  for (const Drawn& tile : drawn_of(falling_report(400))) {
    if (tile.label.empty()) {
      ++without_label;
      continue;
    }
    // The viewport of a label is its rectangle.
    EXPECT_EQ(area_of(tile.label_place), area_of(tile.place()));
    EXPECT_LE(static_cast<double>(tile.label.size()) * 11, tile.place().height) << tile.name();
  }
  EXPECT_GT(without_label, 100U);
}

TEST(Treemap, IsTheSameInAnyOrder) {
  UsageReport report = falling_report(700);
  report.repositories.push_back(usage_of("b", 7 * kGigabyte, 1));
  report.repositories.push_back(usage_of("a", 7 * kGigabyte, 2));
  const std::string expected = render_treemap(report);
  std::ranges::reverse(report.repositories);
  EXPECT_EQ(render_treemap(report), expected);
  EXPECT_LT(expected.find("<title>a\n"), expected.find("<title>b\n"));
}

}  // namespace
}  // namespace dkr
