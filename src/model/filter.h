// Filters on the rows of a listing, as in `dkr-ls tags`.
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

/// Filters combine with AND. An absent filter keeps everything. An unknown date or size satisfies
/// no filter on it.
struct Filter {
  /// Keeps repositories whose displayed name is one of `names` or starts with one of `prefixes`,
  /// compared byte by byte. If both are empty, all repositories are kept.
  std::vector<std::string> names;
  std::vector<std::string> prefixes;
  /// Keeps tags, as displayed, that match one of `tags`, if there are any, and none of
  /// `excluded_tags`. Valid patterns (pattern.h).
  std::vector<std::string> tags;
  std::vector<std::string> excluded_tags;
  /// What may be removed if the newest so many tags of each repository are to stay unharmed, see
  /// cleanup.h. Not negative.
  std::optional<std::int64_t> keep;
  /// Keeps images created more than, and at most, this many days (of 24 hours) ago. Not negative.
  std::optional<std::int64_t> min_age_days;
  std::optional<std::int64_t> max_age_days;
  /// Keeps images larger than, and of at most, this many bytes.
  std::optional<std::uint64_t> min_size;
  std::optional<std::uint64_t> max_size;
  /// Keeps images that no container uses.
  bool unused = false;
  /// Keeps at most this many tags of each repository: the newest of those that the other filters
  /// kept. If dates are equal, earlier rows count as newer; an unknown date counts as oldest. Not
  /// negative.
  std::optional<std::int64_t> max_tags;

  friend bool operator==(const Filter&, const Filter&) = default;
};

/// Whether `filter` keeps the repository with this displayed name.
bool keeps_repository(const Filter& filter, std::string_view name);

/// Whether `filter` keeps the tag, as displayed.
bool keeps_tag(const Filter& filter, std::string_view tag);

/// Whether `filter` keeps images of `size` bytes; absent means unknown.
bool keeps_size(const Filter& filter, std::optional<std::int64_t> size);

/// The parts of a filter, in the order in which they are applied.
enum class FilterRule : std::uint8_t {
  kRepository,
  kTag,
  kKeep,
  kMinAge,
  kMaxAge,
  kMinSize,
  kMaxSize,
  kUnused,
  kShared,  ///< the other part of Filter::keep
  kMaxTags,
};

/// Whether `filter` keeps everything.
bool is_empty(const Filter& filter);

/// Whether `filter` depends on when images were created.
bool needs_dates(const Filter& filter);

/// How many rows were left after applying one part of a filter.
struct FilterStep {
  FilterRule rule;
  std::size_t rows;
};

/// Removes from `listing` the rows that `filter` does not keep, and preserves the order of the
/// others. With Filter::keep, also removes those of repositories with gaps. Ages are relative to
/// `now`. Returns the parts of the filter that were applied, in order.
std::vector<FilterStep> apply(const Filter& filter, Listing& listing, Time now);

}  // namespace dkr
