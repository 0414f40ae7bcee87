#include "output/listing.h"

#include <span>
#include <string_view>

#include <fmt/format.h>

#include "output/human.h"
#include "output/lines.h"
#include "output/table.h"

namespace dkr {
namespace {

/// Calls `visit(Line)` for each line of output: one for each row, or, where digests are shown, for
/// each digest that an engine has for the row's repository.
template <typename Visit>
void for_each_line(const Listing& listing, const LineStyle& style, Visit visit) {
  for (const Row& row : listing.rows) {
    auto digests = listing.digests_of(row);
    if (style.digests == Digests::kHide || digests.empty()) {
      visit(Line{listing, row, style});
      continue;
    }
    // In OCI content, what comes after the first one is what it contains.
    if (listing.image_of(row).digest) digests = digests.first(1);
    for (const Digest& digest : digests) visit(Line{listing, row, style, &digest});
  }
}

View<Line> tags_view(const LineStyle& style, PlatformColumn platforms) {
  std::vector<std::string_view> columns = {"Repository", "Tag"};
  if (platforms == PlatformColumn::kShow) columns.emplace_back("Platform");
  if (style.digests == Digests::kShow) columns.emplace_back("Digest");
  columns.insert(columns.end(), {"ID", "CreatedSince", "Size"});
  return view_of<Line>(tag_fields(), columns, "ID");
}

/// What names a row in a message.
std::string name_of_line(const Line& line) {
  return fmt::format("{}:{}", line.listing.repository_of(line.row), Listing::tag_of(line.row));
}

/// Adds the line with the total, whose size is in the last column.
void add_total(Table& table, std::size_t columns, double bytes) {
  constexpr int kTotalDigits = 4;
  const std::string size = human_size(bytes, kTotalDigits);
  std::vector<std::string_view> cells(columns);
  cells.front() = "TOTAL";
  cells.back() = size;
  table.add_row(cells);
}

}  // namespace

std::string render_tags(const Listing& listing, const OutputFormat& format, const LineStyle& style,
                        PlatformColumn platforms, Total total) {
  const View<Line> view = tags_view(style, platforms);
  const auto visit_all = [&](const auto& visit) { for_each_line(listing, style, visit); };
  if (total == Total::kOmit || !format.is_default() || format.is_quiet()) {
    return render_lines(view, format, visit_all, name_of_line);
  }
  Table table = table_of(view, visit_all);
  add_total(table, view.columns.size(), total_size(listing));
  return table.render();
}

std::string render_repositories(const std::vector<std::string>& names, const OutputFormat& format,
                                const LineStyle& style) {
  Listing listing;
  ListingBuilder builder(listing);
  for (const std::string& name : names) {
    listing.rows.emplace_back().repository = builder.repository(name);
  }
  constexpr std::string_view kColumn = "Repository";
  const View<Line> view = view_of<Line>(repository_fields(), std::span(&kColumn, 1), kColumn);
  const auto visit_all = [&](const auto& visit) { for_each_line(listing, style, visit); };
  return render_lines(view, format, visit_all, name_of_line);
}

}  // namespace dkr
