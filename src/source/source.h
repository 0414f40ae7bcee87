// The one interface of whoever holds images: engines, registries, archives.
#pragma once

#include "model/filter.h"
#include "model/image.h"

namespace dkr {

class ImageSource {
 public:
  virtual ~ImageSource() = default;

  /// The images that the source holds, newest first. Those that `wanted` does not keep may be left
  /// out where that spares work, and are listed where it does not. What fails for one image is a
  /// Failure in the listing; throws Error when nothing can be listed at all, its message naming the
  /// address.
  virtual Listing list(const Filter& wanted) = 0;

  /// The repositories alone, with no more work than that takes; failures as with list().
  virtual RepositoryListing repositories() = 0;
};

}  // namespace dkr
