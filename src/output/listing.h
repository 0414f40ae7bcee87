// The listings that the commands print.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "model/listing.h"

namespace dkr {

enum class Total { kOmit, kPrint };

/// The classic table of `docker images`: REPOSITORY, TAG, IMAGE ID, CREATED (relative to `now`),
/// SIZE; for kPrint with a last line `TOTAL` and the total_size() under the SIZE column.
std::string render_tags(const Listing& listing, Time now, Total total);

/// One of `names` a line under the header REPOSITORY.
std::string render_repositories(const std::vector<std::string>& names);

}  // namespace dkr
