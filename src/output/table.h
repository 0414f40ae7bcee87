// Text in columns, laid out as docker's tables are.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace dkr {

/// Collects rows; render() gives the text. Left-aligned columns, each as wide as its longest cell
/// and three blanks, at least ten; the last column is not padded.
class Table {
 public:
  explicit Table(std::vector<std::string> header);

  /// `row` has as many cells as the header; printable() makes each harmless.
  void add_row(std::vector<std::string> row);

  /// All rows, the header first, each ending in a line feed.
  [[nodiscard]] std::string render() const;

 private:
  std::size_t columns_;
  std::vector<std::string> cells_;    // row after row
  std::vector<std::size_t> longest_;  // in characters, per column
};

}  // namespace dkr
