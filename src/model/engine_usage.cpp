// The part of usage.h for engines.
#include <string_view>
#include <unordered_map>

#include "model/usage.h"

namespace dkr {
namespace {

/// An image and how many rows it has.
struct Use {
  const Image* image = nullptr;
  std::size_t rows = 0;
};

/// By their ids: an engine may list an image twice.
using Uses = std::unordered_map<Digest, Use>;

void add_use(Uses& uses, const Listing& listing, const Row& row) {
  const Image& image = listing.image_of(row);
  Use& use = uses[*image.id];
  use.image = &image;
  ++use.rows;
}

/// The bytes of the image that no other one shares; absent when unknown.
std::optional<std::uint64_t> unique_size(const Image& image) {
  if (image.shared_size < 0 || image.size.value_or(-1) < image.shared_size) return std::nullopt;
  return static_cast<std::uint64_t>(*image.size - image.shared_size);
}

/// What the `uses` take, of which `all` are more rows of the same images.
Usage usage_of(const Uses& uses, const Uses& all) {
  Usage usage;
  usage.images = uses.size();
  bool is_unique_known = true;
  std::uint64_t unique = 0;
  for (const auto& [id, use] : uses) {
    usage.tags += use.rows;
    if (use.image->size.value_or(-1) < 0) continue;
    usage.size =
        saturating_sum(usage.size.value_or(0), static_cast<std::uint64_t>(*use.image->size));
    const auto own = unique_size(*use.image);
    if (!own) is_unique_known = false;
    const bool goes = use.rows == all.at(id).rows;
    if (goes) unique = saturating_sum(unique, own.value_or(0));
  }
  if (usage.size && is_unique_known) usage.unique = unique;
  return usage;
}

}  // namespace

UsageReport measure_engine_usage(const Listing& listing, std::span<const Row> listed) {
  Uses all;
  for (const Row& row : listing.rows) add_use(all, listing, row);
  Uses all_listed;
  std::unordered_map<std::string_view, Uses> by_repository;
  for (const Row& row : listed) {
    add_use(all_listed, listing, row);
    add_use(by_repository[listing.repository_of(row)], listing, row);
  }
  UsageReport report;
  for (const auto& [repository, uses] : by_repository) {
    report.repositories.push_back({std::string(repository), usage_of(uses, all)});
  }
  report.total = {
      .tags = listed.size(), .images = all_listed.size(), .size = listing.total_size, .unique = {}};
  if (listed.empty()) report.total.size = report.total.unique = 0;
  return report;
}

}  // namespace dkr
