#include "output/table.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace dkr {
namespace {

constexpr std::size_t kMinWidth = 10;
constexpr std::size_t kPadding = 3;

/// In characters, which well-formed UTF-8 has as many of as it has bytes that start one.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

}  // namespace

Table::Table(std::vector<std::string> header)
    : columns_(header.size()), longest_(header.size(), kMinWidth - kPadding) {
  add_row(std::move(header));
}

void Table::add_row(std::vector<std::string> row) {
  if (row.size() != columns_) throw std::invalid_argument("a row needs a cell for every column");
  for (std::size_t column = 0; column < columns_; ++column) {
    std::string& cell = row[column];
    if (!is_printable(cell)) cell = printable(cell);
    longest_[column] = std::max(longest_[column], width(cell));
    cells_.push_back(std::move(cell));
  }
}

std::string Table::render() const {
  std::string text;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const std::size_t column = i % columns_;
    text += cells_[i];
    if (column + 1 == columns_) {
      text += '\n';
    } else {
      text.append(longest_[column] + kPadding - width(cells_[i]), ' ');
    }
  }
  return text;
}

}  // namespace dkr
