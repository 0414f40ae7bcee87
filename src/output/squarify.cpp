#include "output/squarify.h"

#include <algorithm>
#include <cstddef>

namespace dkr {
namespace {

/// For each position in `sizes`, the sum from there on. Begins with the smallest sizes, which would
/// be lost in a large sum.
std::vector<double> sums_of_rest(std::span<const double> sizes) {
  std::vector<double> sums(sizes.size() + 1);
  for (std::size_t i = sizes.size(); i > 0; --i) sums[i - 1] = sums[i] + sizes[i - 1];
  return sums;
}

/// The ratio of long to short side of the most elongated rectangle in a row along `side` that has
/// `sum` as its area, and `largest` and `smallest` as the areas of its first and last rectangle.
double worst_ratio(double side, double sum, double largest, double smallest) {
  const double thickness = sum / side;
  const double square = thickness * thickness;
  return std::max(largest / square, square / smallest);
}

/// How many of `sizes`, which become areas by `scale`, make up the best row along `side`: as many
/// as leave its rectangles no more elongated.
std::size_t row_length(std::span<const double> sizes, double scale, double side) {
  const double largest = sizes.front() * scale;
  double sum = 0;
  double worst = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const double area = sizes[i] * scale;
    sum += area;
    const double ratio = worst_ratio(side, sum, largest, area);
    if (i > 0 && ratio > worst) return i;
    worst = ratio;
  }
  return sizes.size();
}

/// Cuts `share` of `frame` off, a column at the left or a row at the top, as `is_column` says.
Rectangle cut_off(Rectangle& frame, double share, bool is_column) {
  Rectangle part = frame;
  if (is_column) {
    part.width *= share;
    frame.x += part.width;
    frame.width -= part.width;
  } else {
    part.height *= share;
    frame.y += part.height;
    frame.height -= part.height;
  }
  return part;
}

}  // namespace

std::vector<Rectangle> squarify(std::span<const double> sizes, const Rectangle& frame) {
  const std::vector<double> sums = sums_of_rest(sizes);
  std::vector<Rectangle> result;
  result.reserve(sizes.size());
  Rectangle rest = frame;
  while (result.size() < sizes.size()) {
    const std::size_t first = result.size();
    const bool is_column = rest.width >= rest.height;
    const double scale = rest.width * rest.height / sums[first];
    const std::size_t end =
        first + row_length(sizes.subspan(first), scale, std::min(rest.width, rest.height));
    Rectangle row = cut_off(rest, (sums[first] - sums[end]) / sums[first], is_column);
    for (std::size_t i = first; i < end; ++i) {
      result.push_back(cut_off(row, sizes[i] / (sums[i] - sums[end]), !is_column));
    }
  }
  return result;
}

}  // namespace dkr
