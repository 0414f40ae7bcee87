#include "output/column.h"

#include <array>

#include "output/human.h"

namespace dkr {
namespace {

constexpr int kImageDigits = 3;  // of sizes

std::string repository_text(const Listing& listing, const Row& row, Time /*now*/) {
  return std::string(listing.repository_of(row));
}

std::string tag_text(const Listing& /*listing*/, const Row& row, Time /*now*/) {
  return std::string(Listing::tag_of(row));
}

std::string id_text(const Listing& listing, const Row& row, Time /*now*/) {
  const auto& id = listing.image_of(row).id;
  return id ? id->short_text() : kNotAvailable;
}

std::string created_text(const Listing& listing, const Row& row, Time now) {
  return human_age(listing.image_of(row).created, now);
}

std::string size_text(const Listing& listing, const Row& row, Time /*now*/) {
  const auto size = listing.image_of(row).size;
  return size ? human_size(static_cast<double>(*size), kImageDigits) : kNotAvailable;
}

constexpr std::array<Column, 5> kTagColumns{{
    {"REPOSITORY", "Repository", repository_text},
    {"TAG", "Tag", tag_text},
    {"IMAGE ID", "ID", id_text},
    {"CREATED", "CreatedSince", created_text},
    {"SIZE", "Size", size_text},
}};

}  // namespace

std::span<const Column> tag_columns() { return kTagColumns; }

}  // namespace dkr
