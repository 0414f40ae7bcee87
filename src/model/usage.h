// What repositories take, with everything that they share counted once, as in `dkr-ls du`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/listing.h"
#include "model/order.h"

namespace dkr {

/// `a + b`, but at most 2^63 - 1: sources may make sizes up.
constexpr std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  return a > kMax || b > kMax - a ? kMax : a + b;
}

/// What some tags take.
struct Usage {
  std::size_t tags = 0;
  std::size_t images = 0;  ///< distinct manifests of images, in an engine distinct images
  /// In bytes: the distinct blobs that the tags need, in an engine their images. Absent when
  /// nothing is known of any of them.
  std::optional<std::uint64_t> size;
  /// In bytes: the part of `size` that no other tag needs, which is what deleting these tags frees.
  /// Absent when unknown.
  std::optional<std::uint64_t> unique;

  /// In bytes: the part of `size` that other tags need, too.
  [[nodiscard]] std::optional<std::uint64_t> shared() const {
    return size && unique ? std::optional(*size - *unique) : std::nullopt;
  }

  friend bool operator==(const Usage&, const Usage&) = default;
};

struct RepositoryUsage {
  std::string repository;  ///< as it is displayed
  Usage usage;

  friend bool operator==(const RepositoryUsage&, const RepositoryUsage&) = default;
};

struct UsageReport {
  std::vector<RepositoryUsage> repositories;  ///< those with listed tags, in any order
  /// Of all listed tags together: what they share counts once, and is unique if no other tag needs
  /// it. So it is not the sum of the repositories.
  Usage total;
  /// Listed tags whose manifests do not tell sizes (schema 1), and which count nothing.
  std::size_t unsized_tags = 0;
};

/// What counts of a tag: all that it needs, or only the image of its row, and of an index its own
/// blobs.
enum class UsageOf { kAllPlatforms, kOnePlatform };

/// What the rows `listed` take, which are some of the rows of `listing`; the others only need
/// blobs. Listing::indexes and Listing::contents must be filled.
UsageReport measure_usage(const Listing& listing, std::span<const Row> listed, UsageOf of);

/// The same for the listing of an engine, which tells no layers. A size is the sum of those of the
/// distinct images, and what is unique is the sum of what only one image needs
/// (Image::shared_size), of the images that have no other tags. The total is what the engine tells
/// of all its images: absent unless all rows are listed.
UsageReport measure_engine_usage(const Listing& listing, std::span<const Row> listed);

/// Sorts the repositories by `keys`, as sort_by() does; those that are equal, biggest first, then
/// by name. Unknown values, and `<none>`, come last either way. Keys that they do not have leave
/// the order as it is.
void sort_usage(UsageReport& report, std::span<const SortKey> keys);

}  // namespace dkr
