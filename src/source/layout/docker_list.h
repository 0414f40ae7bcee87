// Parses the list of the images in an archive that `docker save` writes: manifest.json (moby, image
// spec v1.2).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/error.h"
#include "source/layout/documents.h"
#include "source/oci/manifest.h"

namespace dkr {

struct DockerImage {
  std::size_t position = 0;         ///< among all images of the list
  std::string config;               ///< the path of the config in the archive
  std::vector<std::string> names;   ///< as the list has them: `nginx:1.27`
  std::vector<std::string> layers;  ///< their paths in the archive, the lowest layer first
};

struct DockerList {
  std::vector<DockerImage> images;
  /// What could not be read, and why, with the names that it has nevertheless.
  struct Fault {
    std::string cause;
    std::vector<std::string> names;
  };
  std::vector<Fault> faults;
};

/// Throws Error kMalformed when `text` is not such a list, or over 1,000 images cannot be read.
DockerList parse_docker_list(std::string_view text);

/// The digest that the path of a config contains: `HEX.json` or `blobs/sha256/HEX`; absent if it
/// contains none.
std::optional<Digest> digest_in_path(std::string_view path);

/// What takes the place of a manifest, which these archives lack: the config is the one with this
/// `digest` and `text`. The size is that of the config and of the distinct layers as they are in
/// the archive, usually not compressed; absent when one of them is missing. Blobs are identified by
/// the digests of the uncompressed layers in the config. Throws Error kMalformed when config and
/// list do not agree.
Manifest docker_manifest(const DockerImage& image, const Digest& digest, const std::string& text,
                         const Documents& documents);

}  // namespace dkr
