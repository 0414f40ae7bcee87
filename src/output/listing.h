// Renders the listings that the commands print.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "model/listing.h"

namespace dkr {

enum class Total { kOmit, kPrint };

/// The classic table of `docker images`: REPOSITORY, TAG, IMAGE ID, CREATED (relative to `now`) and
/// SIZE. With kPrint, a last line has `TOTAL` and, in the SIZE column, total_size().
std::string render_tags(const Listing& listing, Time now, Total total);

/// `names`, one per line, under the header REPOSITORY.
std::string render_repositories(const std::vector<std::string>& names);

}  // namespace dkr
