// Listings as flat tables, which tests can write and compare.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/listing.h"

namespace dkr {

/// A row, with the data of its image.
struct Entry {
  std::optional<std::string> repository;
  std::optional<std::string> tag;
  std::optional<std::string> id;
  std::optional<Time> created = std::nullopt;
  std::optional<std::int64_t> size = std::nullopt;
  std::optional<std::string> manifest = std::nullopt;  ///< Image::digest

  friend bool operator==(const Entry&, const Entry&) = default;
};

/// A listing with a separate image for each entry.
Listing listing_of(const std::vector<Entry>& entries);

/// The rows of `listing`, in order.
std::vector<Entry> entries_of(const Listing& listing);

/// A listing as a flat table.
struct FlatListing {
  std::vector<Entry> rows;
  std::vector<Failure> failures;
};

inline FlatListing flat(const Listing& listing) { return {entries_of(listing), listing.failures}; }

/// The rows of `entries` as `repository:tag`, in order.
std::vector<std::string> names_of(const std::vector<Entry>& entries);
std::vector<std::string> names_of(const Listing& listing);

}  // namespace dkr
