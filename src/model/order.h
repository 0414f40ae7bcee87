// Sorting the rows of a listing.
#pragma once

#include "model/listing.h"

namespace dkr {

/// Sorts rows by date, newest first and unknown dates last, then by repository and tag, byte by
/// byte. For sources that have no order of their own.
void sort_newest_first(Listing& listing);

}  // namespace dkr
