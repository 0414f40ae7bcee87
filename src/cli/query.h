// What the flags of a command ask of a source, and which rows of its answer they keep.
#pragma once

#include "base/log.h"
#include "base/time.h"
#include "model/filter.h"
#include "model/listing.h"
#include "source/source.h"

namespace dkr {

struct CommandLine;  // parse.h

/// The filters and the platform of the command line, with the names that `source` displays. Throws
/// Error kUsage if the source cannot answer a filter.
Query query_of(const CommandLine& line, const ImageSource& source);

/// Applies `filter`, and logs what each part of it keeps.
void filter_rows(Listing& listing, const Filter& filter, Time now, Log& log);

}  // namespace dkr
