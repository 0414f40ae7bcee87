// What a clean-up may remove without harm to the newest tags of each repository (--keep).
#pragma once

#include <cstddef>
#include <span>

#include "model/listing.h"

namespace dkr {

/// Removes the rows of repositories with gaps: a tag that could not be read may need what another
/// one points to.
void drop_gaps(Listing& listing);

/// Removes the rows of the `count` newest tags of each repository, and those of other tags that are
/// as new as the oldest of these. Also removes rows without a date, and signatures, whose tags are
/// `sha256-<hex>...`; neither count as tags.
void drop_newest(Listing& listing, std::size_t count);

/// Removes rows whose deletion would also delete what another tag of the repository needs: a row
/// stays if no row of `all` that is not in the listing points to its manifest or to an index that
/// contains it. In an engine, images take the place of manifests. `all` are rows of the listing.
void drop_shared(Listing& listing, std::span<const Row> all);

}  // namespace dkr
