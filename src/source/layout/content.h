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
class ImageSearch {
 public:
  struct Image {
    Digest config;
    Digest manifest;
  };

  /// `documents` must outlive this object.
  explicit ImageSearch(Documents& documents) : documents_(documents) {}

  /// The images below `manifest`, or that one itself. Valid as long as this object.
  const std::vector<Image>& below(const Digest& manifest) { return below(manifest, 0); }

 private:
  const std::vector<Image>& below(const Digest& manifest, int depth);
  [[nodiscard]] std::optional<Manifest> read(const Digest& digest);

  Documents& documents_;
  std::unordered_map<Digest, std::vector<Image>> found_;
};

}  // namespace dkr
