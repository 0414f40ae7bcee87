#include "output/squarify.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<double> equal_sizes(std::size_t count) { return std::vector<double>(count, 5); }

/// 1, 1/2, 1/3, ...
std::vector<double> falling_sizes(std::size_t count) {
  std::vector<double> sizes(count);
  for (std::size_t i = 0; i < count; ++i) sizes[i] = 1 / static_cast<double>(i + 1);
  return sizes;
}

double area(const Rectangle& r) { return r.width * r.height; }

double ratio(const Rectangle& r) {
  return std::max(r.width, r.height) / std::min(r.width, r.height);
}

/// The area that both have.
double overlap(const Rectangle& a, const Rectangle& b) {
  const double width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const double height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  return std::max(width, 0.0) * std::max(height, 0.0);
}

bool contains(const Rectangle& outer, const Rectangle& inner) {
  constexpr double kTolerance = 1e-9;
  return inner.x >= outer.x - kTolerance && inner.y >= outer.y - kTolerance &&
         inner.x + inner.width <= outer.x + outer.width + kTolerance &&
         inner.y + inner.height <= outer.y + outer.height + kTolerance;
}

struct Case {
  std::string name;
  std::vector<double> sizes;
  Rectangle frame;
  double worst_ratio;  ///< of any rectangle
};

std::vector<Case> cases() {
  const Rectangle wide{.x = 10, .y = 20, .width = 800, .height = 500};
  const Rectangle high{.x = -5, .y = 0, .width = 100, .height = 900};
  return {
      {"one", {7}, wide, 1.6},
      {"two equal", equal_sizes(2), wide, 1.3},
      {"equal in a wide frame", equal_sizes(100), wide, 2.1},
      {"equal in a high frame", equal_sizes(100), high, 2.1},
      {"falling in a wide frame", falling_sizes(500), wide, 3},
      {"falling in a high frame", falling_sizes(500), high, 3},
      {"huge", {9.2e18, 9.2e18, 4.6e18}, wide, 3},
      {"much smaller ones", {1e6, 10, 5, 3, 1}, wide, 2e4},
  };
}

TEST(Squarify, GivesEachSizeItsAreaWithinTheFrame) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const std::vector<Rectangle> rectangles = squarify(c.sizes, c.frame);
    ASSERT_EQ(rectangles.size(), c.sizes.size());
    const double total = std::accumulate(c.sizes.begin(), c.sizes.end(), 0.0);
    for (std::size_t i = 0; i < rectangles.size(); ++i) {
      const double expected = area(c.frame) * c.sizes[i] / total;
      EXPECT_NEAR(area(rectangles[i]), expected, expected * 1e-6) << i;
      EXPECT_TRUE(contains(c.frame, rectangles[i])) << i;
      EXPECT_LE(ratio(rectangles[i]), c.worst_ratio) << i;
    }
  }
}

TEST(Squarify, LetsNoRectanglesOverlap) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const std::vector<Rectangle> rectangles = squarify(c.sizes, c.frame);
    for (std::size_t i = 0; i < rectangles.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        EXPECT_LT(overlap(rectangles[i], rectangles[j]), 1e-6) << i << " and " << j;
      }
    }
  }
}

TEST(Squarify, PlacesTheRectanglesOfThePaper) {
  // Figure 4 of Bruls, Huizing and van Wijk: 6, 6, 4, 3, 2, 2, 1 in a frame of 6 by 4.
  const std::vector<double> sizes{6, 6, 4, 3, 2, 2, 1};
  std::vector<std::string> places;
  for (const Rectangle& r : squarify(sizes, {.x = 0, .y = 0, .width = 6, .height = 4})) {
    const auto hundredths = [](double value) { return std::to_string(std::lround(value * 100)); };
    places.push_back(hundredths(r.x) + "," + hundredths(r.y) + " " + hundredths(r.width) + "x" +
                     hundredths(r.height));
  }
  EXPECT_THAT(places, ElementsAre("0,0 300x200", "0,200 300x200", "300,0 171x233", "471,0 129x233",
                                  "300,233 120x167", "420,233 120x167", "540,233 60x167"));
}

TEST(Squarify, HasNothingForNothing) {
  EXPECT_THAT(squarify({}, {.x = 0, .y = 0, .width = 6, .height = 4}), IsEmpty());
}

TEST(Squarify, StaysInTheFrameWhereSizesVanishInTheSum) {
  const Rectangle frame{.x = 0, .y = 0, .width = 800, .height = 500};
  for (const Rectangle& r : squarify(std::vector<double>{1e19, 1, 1, 1e-300}, frame)) {
    EXPECT_TRUE(contains(frame, r));
  }
}

}  // namespace
}  // namespace dkr
