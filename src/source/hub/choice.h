// Which of the images of a tag on Docker Hub are listed.
#pragma once

#include <vector>

#include "model/platform.h"
#include "source/hub/records.h"

namespace dkr {

/// Whether the platform is known; those of attestations are not.
bool is_known_platform(const Platform& platform);

/// Whether it is the platform that indexes give for attestations (docs.docker.com,
/// build/metadata/attestations/attestation-storage).
bool is_attestation_platform(const Platform& platform);

/// The image of `tag` that suits `wanted` best, else the first one with a known platform, else the
/// only one; null if the tag has no such image.
const HubImage* choose_image(const HubTag& tag, const Platform& wanted);

/// The images of `tag` with a known platform, each manifest once, in their order.
std::vector<const HubImage*> images_of_platforms(const HubTag& tag);

}  // namespace dkr
