// Text in columns, laid out as docker's tables are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dkr {

/// Collects rows; render() gives the text. Left-aligned columns, each as wide as its longest cell
/// and three blanks, at least ten; the last column is not padded.
class Table {
 public:
  explicit Table(std::span<const std::string_view> header);
  Table(std::initializer_list<std::string_view> header) : Table(std::span(header)) {}

  /// `row` has as many cells as the header; printable() makes each harmless. Throws
  /// std::invalid_argument for another number of cells.
  void add_row(std::span<const std::string_view> row);
  void add_row(std::initializer_list<std::string_view> row) { add_row(std::span(row)); }

  /// Adds the next cell of a row, and with the last one the row.
  void add_cell(std::string_view text);

  /// All rows, the header first, each ending in a line feed.
  [[nodiscard]] std::string render() const;

 private:
  struct Cell {
    std::uint32_t bytes;
    std::uint32_t width;  // in characters
  };

  std::string text_;                 // of all cells, row after row
  std::vector<Cell> cells_;          // in the same order
  std::vector<std::size_t> widths_;  // of the columns
};

}  // namespace dkr
