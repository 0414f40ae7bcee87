// The one interface of whoever holds images: engines, registries, archives.
#pragma once

#include "model/filter.h"
#include "model/listing.h"
#include "model/platform.h"
#include "net/task.h"

namespace dkr {

/// Whether Image::blobs is wanted.
enum class Blobs { kOmit, kKeep };

/// What is wanted of a source.
struct Query {
  /// Rows that it does not keep may be left out where that spares work, and are listed where it
  /// does not.
  Filter filter;
  /// Which image of a multi-platform tag.
  Platform platform = this_platform();
  Blobs blobs = Blobs::kOmit;
};

/// Asked once: one call for each object. Never blocks, so that several sources can be read in one
/// event loop.
class ImageSource {
 public:
  virtual ~ImageSource() = default;

  /// The images that the source holds, newest first. What fails for one image is a Failure in the
  /// listing; throws Error when nothing can be listed at all, its message naming the address.
  virtual Task<Listing> list(Query query) = 0;

  /// The repositories alone, with no more work than that takes; failures as with list().
  virtual Task<RepositoryListing> repositories() = 0;
};

}  // namespace dkr
