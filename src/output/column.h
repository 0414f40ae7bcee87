// What can be said of a row of a listing: each column once, with its header and its text.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/listing.h"

namespace dkr {

struct Column {
  std::string_view header;  ///< over the column in a table: `IMAGE ID`
  std::string_view field;   ///< its name elsewhere, which is docker's: `ID`
  /// What the column says of a row of `listing`; ages are those at `now`. Text from outside may
  /// hold control characters.
  std::string (*text)(const Listing& listing, const Row& row, Time now);
};

/// The columns of `docker images`, in its order.
std::span<const Column> tag_columns();

}  // namespace dkr
