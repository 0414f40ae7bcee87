// Sorting the rows of a listing.
#pragma once

#include <compare>
#include <span>
#include <string_view>

#include "model/listing.h"

namespace dkr {

/// Sorts rows by date, newest first and unknown dates last, then by repository and tag, byte by
/// byte; the platforms of a tag keep their order. For sources that have no order of their own.
void sort_newest_first(Listing& listing);

/// What rows can be sorted by.
enum class SortBy { kCreated, kSize, kRepository, kTag, kId };

struct SortKey {
  SortBy by = SortBy::kCreated;
  bool is_descending = false;
};

/// Sorts rows by the first of `keys`, those that are equal by the next one, and so on; what is
/// equal by all keeps its order. Unknown values, and `<none>`, come last either way. Tags are
/// compared as compare_versions() does, other texts byte by byte.
void sort_rows(Listing& listing, std::span<const SortKey> keys);

/// Compares texts by the numbers in them, so that v1.9 is less than v1.10: runs of digits by their
/// value, everything else byte by byte. Texts that differ in leading zeros alone are compared byte
/// by byte.
std::strong_ordering compare_versions(std::string_view a, std::string_view b);

}  // namespace dkr
