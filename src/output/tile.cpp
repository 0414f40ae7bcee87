#include "output/tile.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "base/text.h"
#include "output/human.h"

namespace dkr {
namespace {

// Lengths are in units of the picture.
constexpr double kSmallestArea = 36;     // of a repository's tile
constexpr std::size_t kMostTiles = 500;  // of repositories
constexpr double kLowestRemainder = 22;  // a line of text
constexpr std::size_t kNamedInRemainder = 10;

using Rows = std::span<const RepositoryUsage* const>;

/// `name` without anything that controls what shows it or that XML 1.0 cannot hold: those bytes are
/// escaped as printable() does.
std::string shown(std::string_view name) {
  const std::string text = printable(name);
  std::string result;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view character = rest.substr(0, first_character(rest).length);
    result += character == "\uFFFE"   ? R"(\xef\xbf\xbe)"
              : character == "\uFFFF" ? R"(\xef\xbf\xbf)"
                                      : character;
    rest.remove_prefix(character.size());
  }
  return result;
}

std::string short_size(std::optional<std::uint64_t> bytes) {
  return bytes ? human_size(static_cast<double>(*bytes), 4) : kNotAvailable;
}

std::string exact_size(std::optional<std::uint64_t> bytes) {
  return bytes ? fmt::format("{} ({})", short_size(bytes), counted(*bytes, "byte", "bytes"))
               : kNotAvailable;
}

double size_of(const RepositoryUsage& row) {
  return static_cast<double>(row.usage.size.value_or(0));
}

double size_of(Rows rows) {
  return std::accumulate(rows.begin(), rows.end(), 0.0,
                         [](double sum, const auto* row) { return sum + size_of(*row); });
}

/// The largest first, those without a known size last.
std::vector<const RepositoryUsage*> sorted_rows(const UsageReport& report) {
  std::vector<const RepositoryUsage*> rows;
  rows.reserve(report.repositories.size());
  for (const RepositoryUsage& row : report.repositories) rows.push_back(&row);
  std::ranges::stable_sort(rows, [](const RepositoryUsage* a, const RepositoryUsage* b) {
    return a->usage.size != b->usage.size ? a->usage.size > b->usage.size
                                          : a->repository < b->repository;
  });
  return rows;
}

/// How many of `rows`, which are sorted, get a rectangle of their own.
std::size_t count_tiles(Rows rows, const Rectangle& frame) {
  const double smallest = size_of(rows) * kSmallestArea / (frame.width * frame.height);
  const Rows candidates = rows.first(std::min(rows.size(), kMostTiles));
  const auto end =
      std::ranges::find_if(candidates, [&](const auto* row) { return size_of(*row) <= smallest; });
  return static_cast<std::size_t>(end - candidates.begin());
}

/// What `rows` add up to, as far as it is known of them.
Usage sum_of(Rows rows) {
  Usage sum;
  bool is_unique_known = true;
  for (const RepositoryUsage* row : rows) {
    sum.tags += row->usage.tags;
    sum.images += row->usage.images;
    if (!row->usage.size) continue;
    is_unique_known = is_unique_known && row->usage.unique;
    sum.size = saturating_sum(sum.size.value_or(0), *row->usage.size);
    sum.unique = saturating_sum(sum.unique.value_or(0), row->usage.unique.value_or(0));
  }
  if (!is_unique_known) sum.unique.reset();
  return sum;
}

/// What is said of `rows`, which have no rectangle of their own.
std::string remainder_name(Rows rows, bool are_all) {
  std::string name = are_all ? counted(rows.size(), "repository", "repositories")
                             : counted(rows.size(), "more repository", "more repositories");
  const auto unknown =
      std::ranges::count_if(rows, [](const auto* row) { return !row->usage.size; });
  if (unknown > 0) name += fmt::format(" ({} of unknown size)", unknown);
  return name;
}

std::string remainder_title(std::string_view name, const Usage& sum, Rows rows) {
  std::string title =
      fmt::format("{}\n{}\nThese are sums: what repositories share may count more than once.", name,
                  figures(sum));
  for (const RepositoryUsage* row : rows.first(std::min(rows.size(), kNamedInRemainder))) {
    title += fmt::format("\n{} {}", shown(row->repository), short_size(row->usage.size));
  }
  if (rows.size() > kNamedInRemainder) {
    title += fmt::format("\nand {} more", rows.size() - kNamedInRemainder);
  }
  return title;
}

/// Cuts the place of the remainder, `share` of all, off `frame`: at the right if that is more than
/// half, otherwise at the bottom, where it is high enough for its label, even if that is more.
Rectangle cut_remainder(Rectangle& frame, double share) {
  Rectangle remainder = frame;
  if (share > 0.5) {
    remainder.width *= share;
    frame.width -= remainder.width;
    remainder.x += frame.width;
  } else {
    remainder.height = std::max(remainder.height * share, kLowestRemainder);
    frame.height -= remainder.height;
    remainder.y += frame.height;
  }
  return remainder;
}

Tile tile_of(const RepositoryUsage& row, const Rectangle& place) {
  const std::string name = shown(row.repository);
  Tile tile{.place = place,
            .usage = row.usage,
            .label = {name, short_size(row.usage.size)},
            .title = fmt::format("{}\n{}", name, figures(row.usage))};
  if (row.usage.unique) tile.label.push_back(short_size(row.usage.unique) + " unique");
  return tile;
}

Tile remainder_tile(Rows rows, bool are_all, const Rectangle& place) {
  const std::string name = remainder_name(rows, are_all);
  const Usage sum = sum_of(rows);
  return {.place = place,
          .usage = sum,
          .label = {fmt::format("{}, {}", name, short_size(sum.size))},
          .title = remainder_title(name, sum, rows)};
}

}  // namespace

std::vector<Tile> tiles_of(const UsageReport& report, Rectangle frame) {
  const std::vector<const RepositoryUsage*> sorted = sorted_rows(report);
  const Rows rows = sorted;
  const Rows large = rows.first(count_tiles(rows, frame));
  const Rows small = rows.subspan(large.size());
  const double height = frame.height;
  std::vector<Tile> tiles;
  if (!small.empty()) {
    const double share = large.empty() ? 1 : size_of(small) / size_of(rows);
    tiles.push_back(remainder_tile(small, large.empty(), cut_remainder(frame, share)));
    if (share * height < kLowestRemainder) {
      tiles.back().label.front() += ", not to scale";
    }
  }
  std::vector<double> sizes;
  std::ranges::transform(large, std::back_inserter(sizes),
                         [](const auto* row) { return size_of(*row); });
  const std::vector<Rectangle> places = squarify(sizes, frame);
  for (std::size_t i = 0; i < large.size(); ++i) tiles.push_back(tile_of(*large[i], places[i]));
  return tiles;
}

std::string figures(const Usage& usage) {
  return fmt::format("{}, {}\nSIZE {}\nSHARED {}\nUNIQUE {}", counted(usage.tags, "tag", "tags"),
                     counted(usage.images, "image", "images"), exact_size(usage.size),
                     exact_size(usage.shared()), exact_size(usage.unique));
}

}  // namespace dkr
