// Listings as flat tables, which tests can write and compare.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/listing.h"

namespace dkr {

/// A row, with the data of its image.
struct Entry {
  std::optional<std::string> repository;
  std::optional<std::string> tag;
  std::optional<std::string> id;
  std::optional<Time> created = std::nullopt;
  std::optional<std::uint64_t> size = std::nullopt;
  std::optional<std::string> manifest = std::nullopt;  ///< Image::digest

  friend bool operator==(const Entry&, const Entry&) = default;
};

/// A listing with a separate image for each entry.
inline Listing listing_of(const std::vector<Entry>& entries) {
  const auto digest = [](const std::optional<std::string>& text) {
    return text ? std::optional<Digest>(*text) : std::nullopt;
  };
  Listing listing;
  ListingBuilder builder(listing);
  for (const Entry& entry : entries) {
    Row row;
    if (entry.repository) row.repository = builder.repository(*entry.repository);
    row.tag = entry.tag.value_or("");
    Image image;
    image.id = digest(entry.id);
    image.digest = digest(entry.manifest);
    image.created = entry.created;
    image.size = entry.size;
    row.image = builder.image(std::move(image));
    listing.rows.push_back(std::move(row));
  }
  return listing;
}

/// The rows of `listing`, in order.
inline std::vector<Entry> entries_of(const Listing& listing) {
  const auto text = [](const std::optional<Digest>& digest) {
    return digest ? std::optional(digest->text()) : std::nullopt;
  };
  std::vector<Entry> entries;
  for (const Row& row : listing.rows) {
    const Image& image = listing.image_of(row);
    Entry& entry = entries.emplace_back();
    if (row.repository) entry.repository = listing.repositories[*row.repository];
    if (!row.tag.empty()) entry.tag = row.tag;
    entry.id = text(image.id);
    entry.created = image.created;
    entry.size = image.size;
    entry.manifest = text(image.digest);
  }
  return entries;
}

/// A listing as a flat table.
struct FlatListing {
  std::vector<Entry> rows;
  std::vector<Failure> failures;
};

inline FlatListing flat(const Listing& listing) { return {entries_of(listing), listing.failures}; }

/// The rows of `entries` as `repository:tag`, in order.
inline std::vector<std::string> names_of(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  for (const Entry& entry : entries) {
    names.push_back(entry.repository.value_or(std::string(kNone)) + ":" +
                    entry.tag.value_or(std::string(kNone)));
  }
  return names;
}
inline std::vector<std::string> names_of(const Listing& listing) {
  return names_of(entries_of(listing));
}

}  // namespace dkr
