#include "output/table.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "base/text.h"
#include "output/width.h"

namespace dkr {
namespace {

constexpr std::size_t kMinWidth = 10;
constexpr std::size_t kPadding = 3;
// Longer than any name should be; otherwise one would make all rows as long.
constexpr std::size_t kMaxWidth = 400;

}  // namespace

Table::Table(std::span<const std::string_view> header) : widths_(header.size(), kMinWidth) {
  add_row(header);
}

void Table::add_row(std::span<const std::string_view> row) {
  if (row.size() != widths_.size()) {
    throw std::invalid_argument("a row needs a cell for every column");
  }
  for (const std::string_view cell : row) add_cell(cell);
}

void Table::add_cell(std::string_view text) {
  std::string safe;
  std::size_t width = text.size();
  if (!is_printable_ascii(text)) {
    safe = printable(text);
    text = safe;
    width = display_width(text);
  }
  std::size_t& column = widths_[cells_.size() % widths_.size()];
  column = std::max(column, std::min(width + kPadding, kMaxWidth));
  cells_.push_back({static_cast<std::uint32_t>(text.size()), static_cast<std::uint32_t>(width)});
  text_ += text;
}

std::string Table::render() const {
  const std::size_t row_width = std::accumulate(widths_.begin(), widths_.end(), std::size_t{0});
  std::string result;
  result.reserve(cells_.size() / widths_.size() * row_width);
  std::size_t next = 0;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const std::size_t column = i % widths_.size();
    const bool is_last = column + 1 == widths_.size();
    result.append(text_, next, cells_[i].bytes);
    const std::size_t blanks = std::max(
        kPadding, widths_[column] - std::min<std::size_t>(widths_[column], cells_[i].width));
    result.append(is_last ? 1 : blanks, is_last ? '\n' : ' ');
    next += cells_[i].bytes;
  }
  return result;
}

}  // namespace dkr
