#include "model/difference.h"

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <set>
#include <utility>

#include "model/reference.h"

namespace dkr {
namespace {

/// Tells which tags may be missing in a table.
class Unknown {
 public:
  explicit Unknown(const TagTable& table) : is_complete_(table.is_complete) {
    for (const Gap& gap : table.gaps) gaps_.emplace(gap.repository, gap.tag);
  }
  [[nodiscard]] bool contains(std::string_view repository, std::string_view tag) const {
    return !is_complete_ || gaps_.contains({repository, ""}) || gaps_.contains({repository, tag});
  }

 private:
  bool is_complete_;
  std::set<std::pair<std::string_view, std::string_view>> gaps_;
};

const TagTable::Tags& tags_in(const TagTable& table, std::string_view repository) {
  static const TagTable::Tags none;
  const auto found = table.repositories.find(repository);
  return found == table.repositories.end() ? none : found->second;
}

/// What tells the images apart that a name stands for: their digests, or else their ids.
std::vector<Digest> identities(const TagTarget& target) {
  std::vector<Digest> all = target.others;
  if (!target.digests.empty()) {
    all.push_back(target.digests.front());
  } else if (target.id) {
    all.push_back(*target.id);
  }
  return all;
}

bool names_several(const TagTarget& a, const TagTarget& b) {
  return !a.others.empty() || !b.others.empty();
}

void add_other(TagTarget& target, const Image& image, std::span<const Digest> digests) {
  const auto& identity = digests.empty() ? image.id : std::optional(digests.front());
  if (identity && std::ranges::count(identities(target), *identity) == 0) {
    target.others.push_back(*identity);
  }
}

bool is_same(const TagTarget& a, const TagTarget& b) {
  if (names_several(a, b)) return std::ranges::is_permutation(identities(a), identities(b));
  const auto names = [](const TagTarget& target, const Digest& digest) {
    return target.id == digest || std::ranges::count(target.digests, digest) > 0;
  };
  return (a.id && names(b, *a.id)) || (b.id && names(a, *b.id)) ||
         std::ranges::any_of(a.digests, [&](const Digest& digest) { return names(b, digest); });
}

std::optional<Digest> digest_of(const TagTarget& target) {
  return target.digests.empty() ? std::nullopt : std::optional(target.digests.front());
}

/// The digest of an image of `target` that `other` lacks, if there is one.
std::optional<Digest> digest_beside(const TagTarget& target, const TagTarget& other) {
  const std::vector<Digest> known = identities(other);
  const bool has_digests = !target.digests.empty();
  for (const Digest& digest : has_digests ? identities(target) : std::vector<Digest>()) {
    if (std::ranges::count(known, digest) == 0) return digest;
  }
  return digest_of(target);
}

/// Adds the differences of a repository of A, but for the tags that only B has.
void compare_repository(const std::string& repository, const TagTable::Tags& a,
                        const TagTable::Tags& b, const std::string& name_in_b,
                        const Unknown& unknown_b, std::vector<Difference>& differences) {
  for (const auto& [tag, target] : a) {
    const auto other = b.find(tag);
    if (other != b.end()) {
      if (is_same(target, other->second)) continue;
      differences.push_back({DifferenceStatus::kDiffers, repository, tag,
                             digest_beside(target, other->second),
                             digest_beside(other->second, target), target.id, other->second.id,
                             names_several(target, other->second) ? Difference::Images::kSeveral
                                                                  : Difference::Images::kOne});
    } else if (!unknown_b.contains(name_in_b, tag)) {
      differences.push_back({DifferenceStatus::kOnlyA, repository, tag, digest_of(target),
                             std::nullopt, target.id, std::nullopt});
    }
  }
}

std::strong_ordering compare_by(const Difference& one, const Difference& other, SortKey key) {
  const Difference& a = key.is_descending ? other : one;
  const Difference& b = key.is_descending ? one : other;
  switch (key.by) {
    case SortBy::kStatus:
      return a.status <=> b.status;
    case SortBy::kRepository:
      return a.repository <=> b.repository;
    case SortBy::kTag:
      return compare_versions(a.tag, b.tag);
    default:
      return std::strong_ordering::equal;
  }
}

}  // namespace

TagTable tags_of(const Listing& listing, TagStore store) {
  TagTable table;
  table.gaps = listing.gaps;
  table.is_complete = store == TagStore::kOci || listing.failures.empty();
  if (std::ranges::any_of(table.gaps, [](const Gap& gap) { return gap.repository.empty(); })) {
    table.is_complete = false;
  }
  for (const Row& row : listing.rows) {
    if (row.tag.empty()) continue;
    auto& tags = table.repositories[std::string(listing.repository_of(row))];
    const auto [tag, is_new] = tags.try_emplace(row.tag);
    const Image& image = listing.image_of(row);
    auto digests = listing.digests_of(row);
    if (!is_new) {  // another platform, or another image of the same name
      if (store == TagStore::kOci) add_other(tag->second, image, digests);
      continue;
    }
    if (digests.empty() || store == TagStore::kEngine) tag->second.id = image.id;
    if (digests.empty()) continue;
    if (store == TagStore::kOci) {
      digests = digests.first(1);
    } else {
      // Of a platform's row, the last one is that of the platform.
      if (image.digest) digests = digests.first(digests.size() - 1);
    }
    tag->second.digests.assign(digests.begin(), digests.end());
  }
  return table;
}

std::string_view to_string(DifferenceStatus status) {
  constexpr std::array<std::string_view, 4> kNames = {"differs", "only-a", "only-b", "repackaged"};
  return kNames.at(static_cast<std::size_t>(status));
}

std::vector<Difference> compare(const TagTable& a, const TagTable& b,
                                const std::map<std::string, std::string>& names, OnlyB only_b) {
  const Unknown unknown_a(a);
  const Unknown unknown_b(b);
  std::map<std::string_view, std::vector<std::string_view>> names_by_other;
  std::vector<Difference> differences;
  for (const auto& [name, name_in_b] : names) {
    names_by_other[name_in_b].push_back(name);
    compare_repository(name, tags_in(a, name), tags_in(b, name_in_b), name_in_b, unknown_b,
                       differences);
  }
  if (only_b == OnlyB::kIgnore) names_by_other.clear();
  for (const auto& [name_in_b, names_in_a] : names_by_other) {
    for (const auto& tagged : tags_in(b, name_in_b)) {
      const std::string& tag = tagged.first;
      const TagTarget& target = tagged.second;
      const bool may_be_in_a = std::ranges::any_of(names_in_a, [&](std::string_view name) {
        return tags_in(a, name).contains(tag) || unknown_a.contains(name, tag);
      });
      if (may_be_in_a) continue;
      differences.push_back({DifferenceStatus::kOnlyB, std::string(name_in_b), tag, std::nullopt,
                             digest_of(target), std::nullopt, target.id});
    }
  }
  constexpr std::array<SortKey, 2> kOrder{{{SortBy::kRepository}, {SortBy::kTag}}};
  sort_differences(differences, kOrder);
  return differences;
}

std::optional<DifferenceStatus> judge(const Difference& difference, KnownConfigs a,
                                      KnownConfigs b) {
  const auto& id = difference.id_a ? difference.id_a : difference.id_b;
  if (!id) {
    const bool is_repackaged = a != nullptr && b != nullptr && !a->empty() && *a == *b;
    return is_repackaged ? DifferenceStatus::kRepackaged : DifferenceStatus::kDiffers;
  }
  const KnownConfigs other = difference.id_a ? b : a;
  if (difference.id_a ? difference.digest_a : difference.digest_b) {
    const bool is_repackaged = other != nullptr && *other == std::vector{*id};
    return is_repackaged ? DifferenceStatus::kRepackaged : DifferenceStatus::kDiffers;
  }
  // The id is all that could tell a difference.
  const bool differs = other != nullptr && !std::ranges::binary_search(*other, *id);
  return differs ? std::optional(DifferenceStatus::kDiffers) : std::nullopt;
}

void sort_differences(std::vector<Difference>& differences, std::span<const SortKey> keys) {
  sort_by(differences, keys, compare_by);
}

std::string renamed(std::string_view name, std::span<const Renaming> renamings) {
  for (const Renaming& renaming : renamings) {
    if (name.starts_with(renaming.from)) {
      return renaming.to + std::string(name.substr(renaming.from.size()));
    }
  }
  return std::string(name);
}

void keep_registry(Listing& listing, std::string_view prefix) {
  const auto is_of_registry = [&](std::string_view name) {
    if (name == kNone || name.empty()) return true;
    return prefix.empty() ? registry_in(name).empty() : name.starts_with(prefix);
  };
  std::erase_if(listing.rows,
                [&](const Row& row) { return !is_of_registry(listing.repository_of(row)); });
  for (std::string& name : listing.repositories) {
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
  }
  std::erase_if(listing.gaps, [&](const Gap& gap) { return !is_of_registry(gap.repository); });
  for (Gap& gap : listing.gaps) {
    if (gap.repository.starts_with(prefix)) gap.repository.erase(0, prefix.size());
  }
}

}  // namespace dkr
