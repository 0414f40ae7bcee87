#include "model/filter.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace dkr {
namespace {

/// Computes with unsigned numbers and divides instead of multiplying, since an untrusted date could
/// overflow otherwise.
bool is_older(std::optional<Time> created, std::int64_t days, Time now) {
  if (!created || *created >= now) return false;
  constexpr std::uint64_t kSecondsPerDay = 86'400;
  const std::uint64_t age = static_cast<std::uint64_t>(now.time_since_epoch().count()) -
                            static_cast<std::uint64_t>(created->time_since_epoch().count());
  return (age - 1) / kSecondsPerDay >= static_cast<std::uint64_t>(days);
}

/// The positions of the rows of each repository; last those of rows without a repository.
std::vector<std::vector<std::size_t>> by_repository(const Listing& listing) {
  std::vector<std::vector<std::size_t>> result(listing.repositories.size() + 1);
  for (std::size_t i = 0; i < listing.rows.size(); ++i) {
    result[listing.rows[i].repository.value_or(listing.repositories.size())].push_back(i);
  }
  return result;
}

/// Keeps the `max_tags` newest rows of each repository, and preserves their order.
void keep_newest(Listing& listing, std::size_t max_tags) {
  std::vector<bool> keep(listing.rows.size());
  for (auto& rows : by_repository(listing)) {
    std::ranges::stable_sort(rows, [&](std::size_t a, std::size_t b) {
      // An absent date compares less than any other.
      return listing.image_of(listing.rows[a]).created > listing.image_of(listing.rows[b]).created;
    });
    rows.resize(std::min(rows.size(), max_tags));
    for (const std::size_t i : rows) keep[i] = true;
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

bool keeps_size(const Filter& filter, std::optional<std::int64_t> size) {
  return !filter.min_size || (size && std::cmp_greater(*size, *filter.min_size));
}

std::vector<FilterStep> apply(const Filter& filter, Listing& listing, Time now) {
  std::vector<FilterStep> steps;
  const auto drop_unless = [&](FilterRule rule, auto is_wanted) {
    std::erase_if(listing.rows, [&](const Row& row) { return !is_wanted(row); });
    steps.push_back({rule, listing.rows.size()});
  };
  if (!filter.names.empty() || !filter.prefixes.empty()) {
    drop_unless(FilterRule::kRepository, [&](const Row& row) {
      return keeps_repository(filter, listing.repository_of(row));
    });
  }
  if (filter.min_age_days) {
    drop_unless(FilterRule::kMinAge, [&](const Row& row) {
      return is_older(listing.image_of(row).created, *filter.min_age_days, now);
    });
  }
  if (filter.min_size) {
    drop_unless(FilterRule::kMinSize,
                [&](const Row& row) { return keeps_size(filter, listing.image_of(row).size); });
  }
  if (filter.max_tags) {
    keep_newest(listing, static_cast<std::size_t>(*filter.max_tags));
    steps.push_back({FilterRule::kMaxTags, listing.rows.size()});
  }
  return steps;
}

}  // namespace dkr
