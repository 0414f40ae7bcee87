#include "model/order.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <tuple>

namespace dkr {
namespace {

constexpr std::string_view kDigits = "0123456789";

/// Whether `text`, which must not be empty, begins with a digit.
bool starts_with_digit(std::string_view text) {
  return kDigits.find(text.front()) != std::string_view::npos;
}

/// Removes the digits at the beginning of `text` and returns them without leading zeros.
std::string_view take_number(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of(kDigits), text.size());
  std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

std::optional<std::string_view> repository_or_none(const Listing& listing, const Row& row) {
  return row.repository ? std::optional(listing.repository_of(row)) : std::nullopt;
}

std::optional<std::string_view> tag_or_none(const Row& row) {
  return row.tag.empty() ? std::nullopt : std::optional<std::string_view>(row.tag);
}

std::strong_ordering compare(const Listing& listing, const Row& a, const Row& b, SortKey key) {
  const Image& image_a = listing.image_of(a);
  const Image& image_b = listing.image_of(b);
  switch (key.by) {
    case SortBy::kCreated:
      return compare_known(image_a.created, image_b.created, key.is_descending);
    case SortBy::kSize:
      return compare_known(image_a.size, image_b.size, key.is_descending);
    case SortBy::kRepository:
      return compare_known(repository_or_none(listing, a), repository_or_none(listing, b),
                           key.is_descending);
    case SortBy::kTag:
      return compare_known(tag_or_none(a), tag_or_none(b), key.is_descending, compare_versions);
    case SortBy::kId:
      return compare_known(image_a.id, image_b.id, key.is_descending);
    default:
      return std::strong_ordering::equal;
  }
}

}  // namespace

void sort_newest_first(Listing& listing) {
  std::ranges::stable_sort(listing.rows, [&](const Row& a, const Row& b) {
    const auto& created_a = listing.image_of(a).created;
    const auto& created_b = listing.image_of(b).created;
    if (created_a != created_b) return created_a > created_b;  // an absent date is less
    const std::string_view repository_a = listing.repository_of(a);
    const std::string_view repository_b = listing.repository_of(b);
    return std::tie(repository_a, a.tag) < std::tie(repository_b, b.tag);
  });
}

void sort_rows(Listing& listing, std::span<const SortKey> keys) {
  sort_by(listing.rows, keys,
          [&](const Row& a, const Row& b, SortKey key) { return compare(listing, a, b, key); });
}

std::strong_ordering compare_versions(std::string_view a, std::string_view b) {
  const std::string_view whole_a = a;
  const std::string_view whole_b = b;
  while (!a.empty() && !b.empty()) {
    if (starts_with_digit(a) && starts_with_digit(b)) {
      const std::string_view number_a = take_number(a);
      const std::string_view number_b = take_number(b);
      const auto by_length = number_a.size() <=> number_b.size();
      if (std::is_neq(by_length)) return by_length;
      if (const auto by_digits = number_a <=> number_b; std::is_neq(by_digits)) return by_digits;
    } else {
      const auto by_byte =
          static_cast<unsigned char>(a.front()) <=> static_cast<unsigned char>(b.front());
      if (std::is_neq(by_byte)) return by_byte;
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  if (const auto by_length = a.size() <=> b.size(); std::is_neq(by_length)) return by_length;
  return whole_a <=> whole_b;
}

}  // namespace dkr
