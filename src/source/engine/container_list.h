// Reads which images the containers of an engine use.
#pragma once

#include <string_view>
#include <unordered_set>

#include "base/digest.h"

namespace dkr {

/// Parses `body`, the response to GET /containers/json?all=1 of the Engine API: the ids of the
/// images that containers use (`ImageID`), and, from API 1.48 on, the digests of their manifests
/// (`ImageManifestDescriptor`). Throws Error kMalformed when any of it cannot be read, since an
/// image would be taken for unused otherwise.
std::unordered_set<Digest> images_in_use(std::string_view body);

}  // namespace dkr
