// Reads two sources, and compares what they hold.
#pragma once

#include <string>
#include <vector>

#include "base/log.h"
#include "base/time.h"
#include "model/difference.h"
#include "model/filter.h"
#include "model/listing.h"
#include "model/platform.h"
#include "net/task.h"
#include "source/source.h"

namespace dkr {

/// What to compare.
struct ComparisonQuery {
  /// Names and patterns count in both sources, the rest chooses among the tags of A. `unused` and
  /// `max_tags` must not be set.
  Filter filter;
  std::vector<Renaming> renamings;        ///< from the names of A to those of B
  Platforms platforms = Platforms::kOne;  ///< of A, for filters on age and size
  Platform platform = this_platform();
  bool is_platform_given = false;  ///< as in Query
  Time now;                        ///< for filters on age
};

struct Comparison {
  std::vector<Difference> differences;
  std::vector<Failure> failures;  ///< what could not be read, and is no difference therefore
};

/// Reads both sources in one event loop, and compares them. Repositories that only B has are not
/// looked for. When one source is a registry and the other one not, only the images that the other
/// one has of that registry are compared, by their names in the registry. Throws Error when a
/// source cannot be read at all. The references must outlive the task.
Task<Comparison> compare_sources(ImageSource& a, ImageSource& b, ComparisonQuery query, Log& log);

}  // namespace dkr
