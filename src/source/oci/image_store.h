// The interface of stores of OCI content that tell the names of all their images at once, such as
// containerd, layouts and archives. image_lister.h decides what to list.
#pragma once

#include <string>
#include <vector>

#include "base/digest.h"
#include "base/error.h"
#include "model/listing.h"
#include "net/task.h"
#include "source/oci/blob_store.h"

namespace dkr {

/// An image, under one of its names.
struct NamedImage {
  std::string repository;  ///< docker's familiar name; empty for an image without one
  std::string tag;         ///< empty for an image without one
  /// What BlobStore::manifest() is asked for: the digest of a manifest or index.
  Digest digest;
  /// Where images have no manifests, `digest` is that of the config, which only serves to ask for
  /// what takes the place of the manifest, and is not listed as the digest of one.
  enum class DigestOf { kManifest, kConfig } digest_of = DigestOf::kManifest;
  /// What other tools call the image: `oci:DIR:TAG`. Empty if that follows from the name.
  std::string reference = {};
};

struct ImageNames {
  std::vector<NamedImage> images;  ///< in the store's order
  std::vector<Failure> failures;   ///< what could not be read of the list
  /// Names in it of which nothing else could be read. One without a repository stands for names
  /// that are not known; `<none>` is a repository.
  std::vector<Gap> gaps = {};
};

/// The repository names that BlobStore's functions get have no meaning.
class ImageStore : public BlobStore {
 public:
  /// All images. Throws Error, whose message names the store, when it cannot be read at all.
  virtual Task<ImageNames> images() = 0;
};

}  // namespace dkr
