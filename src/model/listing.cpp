#include "model/listing.h"

#include <unordered_set>
#include <utility>

namespace dkr {
namespace {

/// Calls `visit` with each distinct image that rows refer to.
template <typename Visit>
void for_each_distinct(const Listing& listing, Visit visit) {
  std::vector<bool> is_visited(listing.images.size());
  std::unordered_set<Digest> identities;
  for (const Row& row : listing.rows) {
    if (is_visited[row.image]) continue;
    is_visited[row.image] = true;
    const Image& image = listing.image_of(row);
    const auto& identity = image.digest ? image.digest : image.id;
    // An engine may list an image twice.
    if (!identity || identities.insert(*identity).second) visit(image);
  }
}

}  // namespace

std::uint32_t ListingBuilder::repository(std::string_view name) {
  auto& repositories = listing_.repositories;
  // The tags of a repository are nearly always consecutive.
  if (!repositories.empty() && repositories[last_repository_] == name) return last_repository_;
  const auto position = static_cast<std::uint32_t>(repositories.size());
  repositories.emplace_back(name);
  last_repository_ = repositories_.insert(position);
  if (last_repository_ != position) repositories.pop_back();
  return last_repository_;
}

std::uint32_t ListingBuilder::platform(const Platform& platform) {
  const auto position = static_cast<std::uint32_t>(listing_.platforms.size());
  const auto [known, is_new] = platforms_.try_emplace(to_string(platform), position);
  if (is_new) listing_.platforms.push_back(platform);
  return known->second;
}

void ListingBuilder::digest(Row& row, Digest digest) {
  if (row.digest_count++ == 0)
    row.first_digest = static_cast<std::uint32_t>(listing_.digests.size());
  listing_.digests.push_back(std::move(digest));
}

std::uint32_t ListingBuilder::image(Image image) {
  listing_.images.push_back(std::move(image));
  return static_cast<std::uint32_t>(listing_.images.size() - 1);
}

double total_size(const Listing& listing) {
  double total = 0;
  for_each_distinct(
      listing, [&](const Image& image) { total += static_cast<double>(image.size.value_or(0)); });
  return total;
}

std::size_t count_distinct(const Listing& listing) {
  std::size_t count = 0;
  for_each_distinct(listing, [&](const Image& /*image*/) { ++count; });
  return count;
}

std::vector<std::string> repositories(const Listing& listing) {
  std::vector<bool> is_listed(listing.repositories.size() + 1);  // last: rows without one
  std::vector<std::string> result;
  for (const Row& row : listing.rows) {
    auto is_known = is_listed[row.repository.value_or(listing.repositories.size())];
    if (!is_known) result.emplace_back(listing.repository_of(row));
    is_known = true;
  }
  return result;
}

}  // namespace dkr
