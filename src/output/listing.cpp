#include "output/listing.h"

#include <cstddef>
#include <span>
#include <string_view>

#include "output/column.h"
#include "output/human.h"
#include "output/table.h"

namespace dkr {
namespace {

std::vector<std::string_view> headers_of(std::span<const Column> columns) {
  std::vector<std::string_view> headers;
  for (const Column& column : columns) headers.push_back(column.header);
  return headers;
}

}  // namespace

std::string render_tags(const Listing& listing, Time now, Total total) {
  constexpr int kTotalDigits = 4;
  const std::span<const Column> columns = tag_columns();
  Table table(headers_of(columns));
  for (const Row& row : listing.rows) {
    for (const Column& column : columns) table.add_cell(column.text(listing, row, now));
  }
  if (total == Total::kPrint) {
    table.add_row({"TOTAL", "", "", "", human_size(total_size(listing), kTotalDigits)});
  }
  return table.render();
}

std::string render_repositories(const std::vector<std::string>& names) {
  Table table({"REPOSITORY"});
  for (const std::string& name : names) table.add_row({name});
  return table.render();
}

}  // namespace dkr
