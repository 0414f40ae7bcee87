// What a treemap shows of each repository, and where.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/usage.h"
#include "output/squarify.h"

namespace dkr {

/// A rectangle of a treemap. Its texts are fit to be shown, but not escaped for XML.
struct Tile {
  Rectangle place;
  Usage usage;
  std::vector<std::string> label;  ///< lines, the most important ones first
  std::string title;
};

/// A tile for each repository, as large as its size, which together fill `frame`. Those too small
/// to be seen, and those without a known size, are in one tile that says how many they are.
std::vector<Tile> tiles_of(const UsageReport& report, Rectangle frame);

/// All figures of `usage`, in lines.
std::string figures(const Usage& usage);

}  // namespace dkr
