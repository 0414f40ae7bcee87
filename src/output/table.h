// Text tables in docker's layout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dkr {

/// Collects rows, which render() formats. Columns are left-aligned, three characters wider than
/// their longest cell, and ten to 400 wide; what follows a longer cell is shifted. The last column
/// is not padded.
class Table {
 public:
  explicit Table(std::span<const std::string_view> header);
  Table(std::initializer_list<std::string_view> header) : Table(std::span(header)) {}

  /// Adds a row, and escapes its cells with printable(). Throws std::invalid_argument unless it has
  /// as many cells as the header.
  void add_row(std::span<const std::string_view> row);
  void add_row(std::initializer_list<std::string_view> row) { add_row(std::span(row)); }

  /// Adds the next cell of the current row, escaped with printable().
  void add_cell(std::string_view text);

  /// The header and all rows, each ending in a line feed.
  [[nodiscard]] std::string render() const;

 private:
  struct Cell {
    std::uint32_t bytes;
    std::uint32_t width;  // in characters
  };

  std::string text_;                 // of all cells, row by row
  std::vector<Cell> cells_;          // in the same order
  std::vector<std::size_t> widths_;  // of the columns
};

}  // namespace dkr
