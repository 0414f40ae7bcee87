// Reads manifests of an OCI layout.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/digest.h"
#include "model/media_type.h"
#include "source/layout/documents.h"
#include "source/oci/manifest.h"

namespace dkr {

/// `blobs/sha256/HEX`
std::string blob_path(const Digest& digest);

/// The manifest with this digest, verified against it; absent if it is missing. `declared` is the
/// media type in its descriptor. Throws Error, whose message gives only the cause.
std::optional<Manifest> read_layout_manifest(Documents& documents, const Digest& digest,
                                             MediaType declared);

/// Finds the images below manifests. What cannot be read is left out, and so are those beyond some
/// hundreds. Each manifest is read once.
class ConfigSearch {
 public:
  /// `documents` must outlive this object.
  explicit ConfigSearch(Documents& documents) : documents_(documents) {}

  /// The digests of the configs of the images below `manifest`. Valid as long as this object.
  const std::vector<Digest>& below(const Digest& manifest) { return below(manifest, 0); }

 private:
  const std::vector<Digest>& below(const Digest& manifest, int depth);
  [[nodiscard]] std::optional<Manifest> read(const Digest& digest);

  Documents& documents_;
  std::unordered_map<Digest, std::vector<Digest>> found_;
};

}  // namespace dkr
