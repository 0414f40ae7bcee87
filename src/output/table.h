// Text in columns, laid out as docker's tables are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace dkr {

/// Collects rows; render() gives the text. Left-aligned columns, each as wide as its longest cell
/// and three blanks, at least ten; the last column is not padded.
class Table {
 public:
  explicit Table(std::initializer_list<std::string_view> header);

  /// `row` has as many cells as the header; printable() makes each harmless.
  void add_row(std::initializer_list<std::string_view> row);

  /// All rows, the header first, each ending in a line feed.
  [[nodiscard]] std::string render() const;

 private:
  struct Cell {
    std::uint32_t bytes;
    std::uint32_t width;  // in characters
  };

  std::string text_;                 // of all cells, row after row
  std::vector<Cell> cells_;          // likewise
  std::vector<std::size_t> widths_;  // of the columns
};

}  // namespace dkr
