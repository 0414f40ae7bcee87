// Which rows of a listing are wanted: the filters of `dkr-ls tags`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/listing.h"

namespace dkr {

/// Filters combine with AND. An absent filter keeps everything; an unknown date or size satisfies
/// no filter on it.
struct Filter {
  /// Keeps repositories whose displayed name is one of `names` or starts with one of `prefixes`,
  /// compared byte for byte; both empty means every repository.
  std::vector<std::string> names;
  std::vector<std::string> prefixes;
  /// Keeps images created more than this many days, of 24 hours each, ago. Not negative.
  std::optional<std::int64_t> min_age_days;
  /// Keeps images of strictly more bytes than this.
  std::optional<std::uint64_t> min_size;
  /// Keeps at most this many rows of each repository: the newest of those that the other filters
  /// kept. Among equally old ones the earlier in the listing counts as newer, an unknown date as
  /// the oldest. Not negative.
  std::optional<std::int64_t> max_tags;
};

/// Whether `filter` keeps the repository of this displayed name.
bool keeps_repository(const Filter& filter, std::string_view name);

/// Whether `filter` keeps images of this size, absent when unknown.
bool keeps_size(const Filter& filter, std::optional<std::uint64_t> size);

/// The parts of a filter, in the order in which they are applied.
enum class FilterRule : std::uint8_t { kRepository, kMinAge, kMinSize, kMaxTags };

/// How many rows one part of a filter left.
struct FilterStep {
  FilterRule rule;
  std::size_t rows;
};

/// Removes from `listing` the rows that `filter` does not want, in place and without changing the
/// order. Ages are those at `now`. Returns the parts that were applied, in order.
std::vector<FilterStep> apply(const Filter& filter, Listing& listing, Time now);

}  // namespace dkr
