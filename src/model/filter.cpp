#include "model/filter.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "model/cleanup.h"
#include "model/pattern.h"
#include "model/tag_group.h"

namespace dkr {
namespace {

/// Whether more than `days` have passed since `created`. Computes with unsigned numbers and divides
/// instead of multiplying, since an untrusted date could overflow otherwise.
bool is_older(Time created, std::int64_t days, Time now) {
  if (created >= now) return false;
  constexpr std::uint64_t kSecondsPerDay = 86'400;
  const std::uint64_t age = static_cast<std::uint64_t>(now.time_since_epoch().count()) -
                            static_cast<std::uint64_t>(created.time_since_epoch().count());
  return (age - 1) / kSecondsPerDay >= static_cast<std::uint64_t>(days);
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view text) {
  return std::ranges::any_of(
      patterns, [&](const std::string& pattern) { return matches_pattern(pattern, text); });
}

/// Keeps the `max_tags` newest tags of each repository, and preserves the order of rows.
void keep_newest(Listing& listing, std::size_t max_tags) {
  std::vector<bool> keep(listing.rows.size());
  for (auto& tags : tags_by_repository(listing)) {
    // An absent date compares less than any other.
    std::ranges::stable_sort(tags, std::ranges::greater(), &TagGroup::created);
    tags.resize(std::min(tags.size(), max_tags));
    for (const TagGroup& tag : tags) {
      for (const std::size_t row : tag.rows) keep[row] = true;
    }
  }
  std::size_t i = 0;
  std::erase_if(listing.rows, [&](const Row& /*row*/) { return !keep[i++]; });
}

}  // namespace

bool keeps_repository(const Filter& filter, std::string_view name) {
  if (filter.names.empty() && filter.prefixes.empty()) return true;
  return std::ranges::find(filter.names, name) != filter.names.end() ||
         std::ranges::any_of(filter.prefixes,
                             [&](const std::string& prefix) { return name.starts_with(prefix); });
}

bool keeps_tag(const Filter& filter, std::string_view tag) {
  return (filter.tags.empty() || matches_any(filter.tags, tag)) &&
         !matches_any(filter.excluded_tags, tag);
}

bool keeps_size(const Filter& filter, std::optional<std::int64_t> size) {
  if (filter.min_size && !(size && std::cmp_greater(*size, *filter.min_size))) return false;
  return !filter.max_size || (size && std::cmp_less_equal(*size, *filter.max_size));
}

bool is_empty(const Filter& filter) { return filter == Filter{}; }

bool needs_dates(const Filter& filter) {
  return filter.keep || filter.min_age_days || filter.max_age_days || filter.max_tags;
}

std::vector<FilterStep> apply(const Filter& filter, Listing& listing, Time now) {
  std::vector<FilterStep> steps;
  const auto note = [&](FilterRule rule) { steps.push_back({rule, listing.rows.size()}); };
  const auto drop_unless = [&](FilterRule rule, auto is_wanted) {
    std::erase_if(listing.rows, [&](const Row& row) { return !is_wanted(row); });
    note(rule);
  };
  const auto created = [&](const Row& row) { return listing.image_of(row).created; };
  const auto size = [&](const Row& row) { return listing.image_of(row).size; };

  if (!filter.names.empty() || !filter.prefixes.empty()) {
    drop_unless(FilterRule::kRepository, [&](const Row& row) {
      return keeps_repository(filter, listing.repository_of(row));
    });
  }
  std::vector<Row> all;
  if (filter.keep) all = listing.rows;
  if (!filter.tags.empty() || !filter.excluded_tags.empty()) {
    drop_unless(FilterRule::kTag,
                [&](const Row& row) { return keeps_tag(filter, Listing::tag_of(row)); });
  }
  if (filter.keep) {
    drop_gaps(listing);
    drop_newest(listing, static_cast<std::size_t>(*filter.keep));
    note(FilterRule::kKeep);
  }
  if (filter.min_age_days) {
    drop_unless(FilterRule::kMinAge, [&](const Row& row) {
      return created(row) && is_older(*created(row), *filter.min_age_days, now);
    });
  }
  if (filter.max_age_days) {
    drop_unless(FilterRule::kMaxAge, [&](const Row& row) {
      return created(row) && !is_older(*created(row), *filter.max_age_days, now);
    });
  }
  if (filter.min_size) {
    drop_unless(FilterRule::kMinSize, [&](const Row& row) {
      return size(row) && std::cmp_greater(*size(row), *filter.min_size);
    });
  }
  if (filter.max_size) {
    drop_unless(FilterRule::kMaxSize, [&](const Row& row) {
      return size(row) && std::cmp_less_equal(*size(row), *filter.max_size);
    });
  }
  if (filter.unused) {
    drop_unless(FilterRule::kUnused,
                [&](const Row& row) { return !listing.image_of(row).is_in_use; });
  }
  if (filter.keep) {
    drop_shared(listing, all);
    note(FilterRule::kShared);
  }
  if (filter.max_tags) {
    keep_newest(listing, static_cast<std::size_t>(*filter.max_tags));
    if (filter.keep) drop_shared(listing, all);  // what stays now may share with what does not
    note(FilterRule::kMaxTags);
  }
  return steps;
}

}  // namespace dkr
