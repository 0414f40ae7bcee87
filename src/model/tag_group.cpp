#include "model/tag_group.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "base/hash.h"

namespace dkr {

std::vector<std::vector<TagGroup>> tags_by_repository(const Listing& listing) {
  std::vector<std::vector<TagGroup>> result(listing.repositories.size() + 1);
  std::vector<std::unordered_map<std::string_view, std::size_t, KeyedHash>> positions(
      result.size());
  for (std::size_t i = 0; i < listing.rows.size(); ++i) {
    const Row& row = listing.rows[i];
    const std::size_t repository = row.repository.value_or(listing.repositories.size());
    auto& tags = result[repository];
    std::size_t position = tags.size();
    if (!row.tag.empty()) {
      position = positions[repository].try_emplace(row.tag, position).first->second;
    }
    if (position == tags.size()) tags.emplace_back();
    TagGroup& tag = tags[position];
    tag.rows.push_back(i);
    tag.created = std::max(tag.created, listing.image_of(row).created);  // absent is less
  }
  return result;
}

}  // namespace dkr
