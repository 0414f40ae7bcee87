#include "model/cleanup.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "model/tag_group.h"

namespace dkr {
namespace {

/// Whether the tag names a signature or the like of another manifest, as cosign tags them:
/// `sha256-<64 hex digits>.sig`.
bool is_signature(std::string_view tag) {
  constexpr std::string_view kPrefix = "sha256-";
  constexpr std::size_t kDigestDigits = 64;
  return tag.starts_with(kPrefix) && tag.size() >= kPrefix.size() + kDigestDigits &&
         tag.substr(kPrefix.size(), kDigestDigits).find_first_not_of("0123456789abcdef") ==
             std::string_view::npos;
}

/// What would be deleted with the row: a manifest, or in an engine an image.
std::optional<Digest> target_of(const Listing& listing, const Row& row) {
  const Image& image = listing.image_of(row);
  if (!image.digest) return image.id;
  const auto digests = listing.digests_of(row);
  return digests.empty() ? image.digest : std::optional(digests.front());
}

/// The digests in each repository that must not be deleted.
class Needed {
 public:
  explicit Needed(const Listing& listing)
      : listing_(listing), by_repository_(listing.repositories.size() + 1) {}

  /// Marks what the row points to, and below an index all that it contains.
  void add(const Row& row) {
    if (const auto target = target_of(listing_, row)) add(of(row), *target);
  }
  [[nodiscard]] bool contains(const Row& row) {
    const auto target = target_of(listing_, row);
    return target && of(row).contains(*target);
  }

 private:
  std::unordered_set<Digest>& of(const Row& row) {
    return by_repository_[row.repository.value_or(listing_.repositories.size())];
  }

  void add(std::unordered_set<Digest>& needed, const Digest& first) {
    std::vector<Digest> open = {first};
    while (!open.empty()) {
      const Digest digest = std::move(open.back());
      open.pop_back();
      if (!needed.insert(digest).second) continue;
      const auto index = listing_.indexes.find(digest);
      if (index == listing_.indexes.end()) continue;
      for (const auto* const list : {&index->second.manifests, &index->second.attestations}) {
        open.insert(open.end(), list->begin(), list->end());
      }
    }
  }

  const Listing& listing_;
  std::vector<std::unordered_set<Digest>> by_repository_;
};

}  // namespace

void drop_gaps(Listing& listing) {
  std::unordered_set<std::string_view, KeyedHash> incomplete;
  for (const Gap& gap : listing.gaps) incomplete.insert(gap.repository);
  if (incomplete.empty()) return;
  if (incomplete.contains("")) return listing.rows.clear();
  std::erase_if(listing.rows,
                [&](const Row& row) { return incomplete.contains(listing.repository_of(row)); });
}

void drop_newest(Listing& listing, std::size_t count) {
  std::vector<bool> is_old(listing.rows.size());
  for (auto& tags : tags_by_repository(listing)) {
    std::erase_if(tags, [&](const TagGroup& tag) {
      return !tag.created || is_signature(listing.rows[tag.rows.front()].tag);
    });
    std::ranges::stable_sort(tags, std::ranges::greater(), &TagGroup::created);
    if (count >= tags.size()) continue;
    for (const TagGroup& tag : tags) {
      const bool is_kept = count > 0 && tag.created >= tags[count - 1].created;
      if (is_kept) continue;
      for (const std::size_t row : tag.rows) is_old[row] = true;
    }
  }
  std::size_t i = 0;
  std::erase_if(listing.rows, [&](const Row& /*row*/) { return !is_old[i++]; });
}

void drop_shared(Listing& listing, std::span<const Row> all) {
  using Key = std::tuple<std::optional<std::uint32_t>, std::string_view, std::uint32_t>;
  const auto key_of = [](const Row& row) { return Key(row.repository, row.tag, row.image); };
  Needed needed(listing);
  {
    std::set<Key> listed;
    for (const Row& row : listing.rows) listed.insert(key_of(row));
    for (const Row& row : all) {
      if (!listed.contains(key_of(row))) needed.add(row);
    }
  }
  // With a manifest that is needed, all that it contains is needed already.
  std::erase_if(listing.rows, [&](const Row& row) { return needed.contains(row); });
}

}  // namespace dkr
