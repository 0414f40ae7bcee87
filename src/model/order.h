// Sorting the rows of a listing.
#pragma once

#include <algorithm>
#include <compare>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/listing.h"

namespace dkr {

/// Sorts rows by date, newest first and unknown dates last, then by repository and tag, byte by
/// byte; the platforms of a tag keep their order. For sources that have no order of their own.
void sort_newest_first(Listing& listing);

/// What lines of output can be sorted by; each kind of line by some of these.
enum class SortBy {
  kCreated,
  kId,
  kImages,
  kRepository,
  kShared,
  kSize,
  kStatus,
  kTag,
  kTags,
  kUnique,
};

struct SortKey {
  SortBy by = SortBy::kCreated;
  bool is_descending = false;
};

/// Compares two values, absent ones last either way.
template <typename T, typename Compare = std::compare_three_way>
std::strong_ordering compare_known(const std::optional<T>& a, const std::optional<T>& b,
                                   bool is_descending, Compare compare = {}) {
  if (!a || !b) return b.has_value() <=> a.has_value();
  return is_descending ? compare(*b, *a) : compare(*a, *b);
}

/// Sorts `lines` by the first of `keys`, those that are equal by the next one, and so on; what is
/// equal by all keeps its order. `compare(a, b, key)` compares two lines by one key.
template <typename T, typename Compare>
void sort_by(std::vector<T>& lines, std::span<const SortKey> keys, Compare compare) {
  std::ranges::stable_sort(lines, [&](const T& a, const T& b) {
    for (const SortKey& key : keys) {
      const std::strong_ordering order = compare(a, b, key);
      if (std::is_neq(order)) return std::is_lt(order);
    }
    return false;
  });
}

/// Sorts rows by `keys`, as sort_by() does. Unknown values, and `<none>`, come last either way.
/// Tags are compared as compare_versions() does, other texts byte by byte. Keys that rows do not
/// have leave the order as it is.
void sort_rows(Listing& listing, std::span<const SortKey> keys);

/// Compares texts by the numbers in them, so that v1.9 is less than v1.10: runs of digits by their
/// value, everything else byte by byte. Texts that differ in leading zeros alone are compared byte
/// by byte.
std::strong_ordering compare_versions(std::string_view a, std::string_view b);

}  // namespace dkr
