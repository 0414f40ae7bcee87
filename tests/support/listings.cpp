#include "support/listings.h"

#include <utility>

namespace dkr {

Listing listing_of(const std::vector<Entry>& entries) {
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

std::vector<Entry> entries_of(const Listing& listing) {
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

std::vector<std::string> names_of(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  for (const Entry& entry : entries) {
    names.push_back(entry.repository.value_or(std::string(kNone)) + ":" +
                    entry.tag.value_or(std::string(kNone)));
  }
  return names;
}
std::vector<std::string> names_of(const Listing& listing) { return names_of(entries_of(listing)); }

}  // namespace dkr
