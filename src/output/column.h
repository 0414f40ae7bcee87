// The columns of a listing: for each, its header and how to compute its text.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/listing.h"

namespace dkr {

struct Column {
  std::string_view header;  ///< in tables: `IMAGE ID`
  std::string_view field;   ///< docker's name for it: `ID`
  /// The text for a row of `listing`, with ages relative to `now`. It may contain untrusted text
  /// with control characters.
  std::string (*text)(const Listing& listing, const Row& row, Time now);
};

/// The columns of `docker images`, in its order.
std::span<const Column> tag_columns();

}  // namespace dkr
