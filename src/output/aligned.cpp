#include "output/aligned.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "output/width.h"

namespace dkr {
namespace {

constexpr std::size_t kMinColumnWidth = 10;
constexpr std::size_t kColumnPadding = 3;

/// A cell that ends with a tab.
struct TabbedCell {
  std::string_view text;
  std::size_t width;         ///< of the text, in characters
  std::size_t column_width;  ///< with the blanks after it
};

struct TabbedLine {
  std::vector<TabbedCell> cells;
  std::string_view last;  ///< the text after the last tab
};

std::vector<TabbedLine> split_lines(std::string_view text) {
  std::vector<TabbedLine> lines;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    TabbedLine& cells = lines.emplace_back();
    for (std::size_t end = line.find('\t'); end != std::string_view::npos; end = line.find('\t')) {
      cells.cells.push_back({line.substr(0, end), display_width(line.substr(0, end)), 0});
      line.remove_prefix(end + 1);
    }
    cells.last = line;
  }
  return lines;
}

/// Sets the width of `column` from line `first` on, up to the first line without it.
void set_width(std::vector<TabbedLine>& lines, std::size_t first, std::size_t column) {
  std::size_t end = first;
  std::size_t width = kMinColumnWidth;
  for (; end < lines.size() && lines[end].cells.size() > column; ++end) {
    width = std::max(width, lines[end].cells[column].width + kColumnPadding);
  }
  for (std::size_t i = first; i < end; ++i) lines[i].cells[column].column_width = width;
}

}  // namespace

std::string aligned(std::string_view text) {
  std::vector<TabbedLine> lines = split_lines(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (std::size_t column = 0; column < lines[i].cells.size(); ++column) {
      if (lines[i].cells[column].column_width == 0) set_width(lines, i, column);
    }
  }
  std::string result;
  for (const TabbedLine& line : lines) {
    for (const TabbedCell& cell : line.cells) {
      result += cell.text;
      result.append(cell.column_width - cell.width, ' ');
    }
    result += line.last;
    result += '\n';
  }
  return result;
}

}  // namespace dkr
