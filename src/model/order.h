// The orders of a listing's rows.
#pragma once

#include "model/listing.h"

namespace dkr {

/// Puts the newest rows first, those of unknown date last, and equally old ones in the order of
/// repository and tag, byte for byte: the order of sources that have none of their own.
void sort_newest_first(Listing& listing);

}  // namespace dkr
