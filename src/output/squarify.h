// Divides a rectangle in proportion to sizes, for treemaps.
#pragma once

#include <span>
#include <vector>

namespace dkr {

/// From its upper left corner to the right and down.
struct Rectangle {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

/// A rectangle for each of `sizes`, which must be positive and in descending order. They fill
/// `frame`, and are about as wide as high: a squarified treemap, after Bruls, Huizing and van Wijk
/// (2000).
std::vector<Rectangle> squarify(std::span<const double> sizes, const Rectangle& frame);

}  // namespace dkr
