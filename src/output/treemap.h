// What repositories take, as a picture.
#pragma once

#include <string>

#include "model/usage.h"

namespace dkr {

/// An SVG document: a treemap with a rectangle for each repository, as large as its size, of which
/// the shared part is hatched. Those too small to be seen, and those without a known size, are in
/// one rectangle that says how many they are. All figures are in tooltips.
std::string render_treemap(const UsageReport& report);

}  // namespace dkr
