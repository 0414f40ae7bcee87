// The one interface of whoever holds images: engines, registries, archives.
#pragma once

#include "model/image.h"

namespace dkr {

class ImageSource {
 public:
  virtual ~ImageSource() = default;

  /// All images that the source holds, newest first. What fails for one image is a Failure in the
  /// listing; throws Error when nothing can be listed at all, its message naming the address.
  virtual Listing list() = 0;
};

}  // namespace dkr
