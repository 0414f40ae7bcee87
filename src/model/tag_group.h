// The tags of a listing's repositories. With all platforms, a tag has a row for each of them.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/time.h"
#include "model/listing.h"

namespace dkr {

/// The rows of one tag. Each row without a tag is a group of its own.
struct TagGroup {
  std::vector<std::size_t> rows;  ///< positions in Listing::rows, ascending; not empty
  std::optional<Time> created;    ///< of the newest platform; absent when all dates are unknown
};

/// The tags of each repository, in the order of their first rows; last those of rows without a
/// repository.
std::vector<std::vector<TagGroup>> tags_by_repository(const Listing& listing);

}  // namespace dkr
