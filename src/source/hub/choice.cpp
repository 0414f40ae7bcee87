#include "source/hub/choice.h"

#include <string_view>
#include <unordered_set>

#include "base/digest.h"

namespace dkr {
namespace {

constexpr std::string_view kUnknownPart = "unknown";

bool is_known_part(std::string_view part) { return !part.empty() && part != kUnknownPart; }

}  // namespace

bool is_known_platform(const Platform& platform) {
  return is_known_part(platform.os) && is_known_part(platform.architecture);
}

bool is_attestation_platform(const Platform& platform) {
  return platform.os == kUnknownPart && platform.architecture == kUnknownPart;
}

const HubImage* choose_image(const HubTag& tag, const Platform& wanted) {
  const HubImage* best = nullptr;
  int best_match = -1;
  for (const HubImage& image : tag.images) {
    if (!is_known_platform(image.platform)) continue;
    const int match = platform_match(wanted, image.platform);
    if (match <= best_match) continue;
    best = &image;
    best_match = match;
  }
  if (best == nullptr && tag.images.size() == 1) best = tag.images.data();
  return best;
}

std::vector<const HubImage*> images_of_platforms(const HubTag& tag) {
  std::vector<const HubImage*> images;
  std::unordered_set<Digest> listed;
  for (const HubImage& image : tag.images) {
    if (!is_known_platform(image.platform)) continue;
    if (!image.digest || listed.insert(*image.digest).second) images.push_back(&image);
  }
  return images;
}

}  // namespace dkr
