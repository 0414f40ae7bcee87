#include "output/treemap.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "output/human.h"
#include "output/squarify.h"
#include "output/tile.h"

namespace dkr {
namespace {

// Lengths are in units of the picture, which is shown as wide as there is room.
constexpr Rectangle kTreemap{.x = 12, .y = 66, .width = 776, .height = 500};

constexpr std::string_view kTextColor = "#14202b";
constexpr std::string_view kLineColor = "#27425c";
constexpr std::string_view kUniqueFill = "#9cc4e8";
constexpr std::string_view kSharedFill = "url(#dkr-ls-shared)";
constexpr std::string_view kUnknownFill = "#e3e5e8";

std::string headline(const UsageReport& report) {
  if (report.repositories.empty()) return "No repositories";
  const std::string total =
      report.total.size ? human_size(static_cast<double>(*report.total.size), 4) : kNotAvailable;
  return fmt::format("{} in {}, {}", total,
                     counted(report.repositories.size(), "repository", "repositories"),
                     counted(report.total.tags, "tag", "tags"));
}

/// At least the width of a character in most fonts, in units of the font's size.
double width_of(std::uint32_t code_point) {
  constexpr std::string_view kNarrow = " !',-./:;Ifijlrt|";
  constexpr std::string_view kMedium = "0123456789_abcdeghknopqsuvxyz";
  if (code_point > 0x7F) return 1;
  const char c = static_cast<char>(code_point);
  return kNarrow.find(c) != std::string_view::npos   ? 0.42
         : kMedium.find(c) != std::string_view::npos ? 0.65
                                                     : 1;
}

double width_of(std::string_view text) {
  double width = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    width += width_of(character.code_point);
    text.remove_prefix(character.length);
  }
  return width;
}

/// As much of the end of `text` as fits into `width`, since names begin alike; empty if that is too
/// little to tell anything.
std::string clipped(std::string_view text, double width) {
  constexpr double kLeast = 4;
  double excess = width_of(text) - width;
  if (excess <= 0) return std::string(text);
  if (width < kLeast) return {};
  for (excess += 1; excess > 0;) {  // 1 for the ellipsis
    const Character character = first_character(text);
    excess -= width_of(character.code_point);
    text.remove_prefix(character.length);
  }
  return fmt::format("…{}", text);
}

// In units of the font's size.
constexpr double kLineHeight = 1.3;
constexpr double kDescent = 0.2;  // below the baseline
constexpr double kLabelMargin = 0.4;

/// `text` as the content of an element.
std::string xml_escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

template <typename... Arguments>
void append(std::string& svg, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::format_to(std::back_inserter(svg), format, std::forward<Arguments>(arguments)...);
}

void append_rectangle(std::string& svg, const Rectangle& place, std::string_view fill,
                      std::string_view line = kLineColor) {
  append(svg,
         R"(<rect x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}" fill="{}" stroke="{}")"
         R"( stroke-width="2"/>)",
         place.x, place.y, place.width, place.height, fill, line);
}

/// The largest font in which all of `lines` fit into `place`, or else the smallest that can be
/// read.
double font_size_for(std::span<const std::string> lines, const Rectangle& place) {
  double width = 0;
  for (const std::string& line : lines) width = std::max(width, width_of(line));
  width += 2 * kLabelMargin;
  const double height = static_cast<double>(lines.size()) * kLineHeight;
  for (const double size : {18.0, 14.0}) {
    if (width * size <= place.width && height * size <= place.height) return size;
  }
  return 11;
}

/// Writes as much of `lines` into `place` as fits.
void append_label(std::string& svg, const Rectangle& place, std::span<const std::string> lines) {
  const double font_size = font_size_for(lines, place);
  const double width = place.width / font_size - 2 * kLabelMargin;
  std::string text;
  double bottom = 0;
  for (const std::string& line : lines) {
    bottom += kLineHeight;
    const std::string part = text.empty() ? clipped(line, width) : line;
    if (part.empty() || width_of(part) > width || bottom * font_size > place.height) break;
    append(text, R"(<text x="{:.2f}" y="{:.2f}">{}</text>)", kLabelMargin * font_size,
           (bottom - kDescent) * font_size, xml_escaped(part));
  }
  if (text.empty()) return;
  // A viewport of its own cuts off what a font makes wider than expected.
  append(svg,
         R"(<svg x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}" font-size="{}" stroke="#fff")"
         R"( stroke-width="3" stroke-opacity="0.7" stroke-linejoin="round" paint-order="stroke">)"
         "{}</svg>",
         place.x, place.y, place.width, place.height, font_size, text);
}

/// Whether it is known which part of something is shared.
bool is_divided(const Usage& usage) { return usage.size > 0U && usage.unique; }

/// The shared part fills the tile from below, like a gauge.
void append_tile(std::string& svg, const Tile& tile) {
  append(svg, "<g><title>{}</title>", xml_escaped(tile.title));
  if (is_divided(tile.usage)) {
    Rectangle unique = tile.place;
    unique.height *=
        static_cast<double>(*tile.usage.unique) / static_cast<double>(*tile.usage.size);
    append_rectangle(svg, tile.place, kSharedFill);
    append_rectangle(svg, unique, kUniqueFill, "none");
  } else {
    append_rectangle(svg, tile.place, kUnknownFill);
  }
  append_label(svg, tile.place, tile.label);
  svg += "</g>\n";
}

void append_legend(std::string& svg, bool has_unknown) {
  struct Entry {
    double x;
    std::string_view fill;
    std::string_view text;
  };
  constexpr std::array kEntries{
      Entry{12, kUniqueFill, "UNIQUE: deleting these tags frees it"},
      Entry{316, kSharedFill, "SHARED: other tags need it, too"},
      Entry{560, kUnknownFill, "not known which part is shared"},
  };
  for (const Entry& entry : std::span(kEntries).first(has_unknown ? 3 : 2)) {
    append_rectangle(svg, {.x = entry.x, .y = 40, .width = 14, .height = 14}, entry.fill);
    append(svg, R"(<text x="{:.2f}" y="51">{}</text>)", entry.x + 20, entry.text);
  }
  svg += "\n";
}

/// What comes before the tiles, with a background, so that the page's does not matter.
void append_head(std::string& svg, const UsageReport& report) {
  const std::string title = headline(report);
  append(svg,
         R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 600" width="100%" role="img"
 aria-labelledby="dkr-ls-title dkr-ls-description" font-family="sans-serif" font-size="12" fill="{}">
<title id="dkr-ls-title">{}</title>
<desc id="dkr-ls-description">A rectangle for each repository, as large as its SIZE.</desc>
<pattern id="dkr-ls-shared" width="8" height="8" patternUnits="userSpaceOnUse"
 patternTransform="rotate(45)"><rect width="8" height="8" fill="#fff"/><rect width="3" height="8"
 fill="{}"/></pattern>
<rect width="800" height="600" fill="#fff"/>
<g><title>{}</title><text x="12" y="28" font-size="18" font-weight="bold">{}</text></g>
)svg",
         kTextColor, title, kUniqueFill, figures(report.total), title);
}

}  // namespace

std::string render_treemap(const UsageReport& report) {
  const std::vector<Tile> tiles = tiles_of(report, kTreemap);
  std::string svg;
  append_head(svg, report);
  append_legend(svg,
                std::ranges::any_of(tiles, [](const Tile& t) { return !is_divided(t.usage); }));
  if (tiles.empty()) {
    append_rectangle(svg, kTreemap, kUnknownFill);
    append_label(svg, kTreemap, std::array{headline(report)});
  }
  for (const Tile& tile : tiles) append_tile(svg, tile);
  svg +=
      "<text x=\"12\" y=\"588\">Areas show SIZE. What repositories share counts in each of them."
      "</text>\n</svg>\n";
  return svg;
}

}  // namespace dkr
