#include "model/usage.h"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "model/blob_needs.h"

namespace dkr {
namespace {

/// The blobs of a manifest, as positions in Contents::blobs. The address stands for the manifest.
using BlobsOfManifest = const std::vector<std::uint32_t>*;

BlobsOfManifest find(const Contents& contents, const Digest& digest) {
  const auto found = contents.by_manifest.find(digest);
  return found == contents.by_manifest.end() ? nullptr : &found->second;
}

/// Its repository and its name, or, of an image without a tag, the digest.
using Tag = std::tuple<std::uint32_t, std::string_view, std::string>;

Tag tag_of(const Listing& listing, const Row& row) {
  return {*row.repository, row.tag,
          row.tag.empty() ? listing.digests_of(row).front().text() : std::string()};
}

/// What tags of one repository point to.
struct Target {
  std::uint32_t repository = 0;
  const Digest* digest = nullptr;
  std::uint32_t listed_tags = 0;
  bool has_unlisted_tag = false;
  std::vector<std::uint32_t> images;  ///< of the rows of listed tags; empty unless they count alone

  [[nodiscard]] Need need() const {
    Need need;
    if (listed_tags > 0) need.add(Need(repository, true));
    if (has_unlisted_tag) need.add(Need(repository, false));
    return need;
  }
};

/// What the tags of `listing` point to, repository by repository, each digest once.
std::vector<Target> targets_of(const Listing& listing, std::span<const Row> listed, UsageOf of) {
  std::vector<Tag> listed_tags;
  for (const Row& row : listed) listed_tags.push_back(tag_of(listing, row));
  std::ranges::sort(listed_tags);

  using Key = std::tuple<std::uint32_t, const Digest&, std::string_view>;
  const auto digest_of = [&](const Row& row) -> const Digest& {
    return listing.digests_of(row).front();
  };
  const auto key_of = [&](const Row& row) { return Key(*row.repository, digest_of(row), row.tag); };
  std::vector<const Row*> rows;
  for (const Row& row : listing.rows) rows.push_back(&row);
  std::ranges::sort(rows, [&](const Row* a, const Row* b) { return key_of(*a) < key_of(*b); });

  std::vector<Target> targets;
  const Row* last = nullptr;  // of a listed tag
  for (const Row* row : rows) {
    const Digest& digest = digest_of(*row);
    if (targets.empty() || targets.back().repository != *row->repository ||
        *targets.back().digest != digest) {
      targets.push_back({*row->repository, &digest, 0, false, {}});
      last = nullptr;  // one name may stand for several images
    }
    Target& target = targets.back();
    if (!std::ranges::binary_search(listed_tags, tag_of(listing, *row))) {
      target.has_unlisted_tag = true;
      continue;
    }
    if (last == nullptr || tag_of(listing, *last) != tag_of(listing, *row)) ++target.listed_tags;
    last = row;
    if (of == UsageOf::kOnePlatform) target.images.push_back(row->image);
  }
  return targets;
}

/// Who needs each blob, by its position in Contents::blobs.
std::vector<Need> needs_of(const Listing& listing, std::span<const Target> targets) {
  std::vector<NeededManifest> roots;
  for (const Target& target : targets) roots.push_back({target.digest, target.need()});
  return needs_of_blobs(listing, roots);
}

/// Says of each number whether it is new since the last restart.
class Rounds {
 public:
  explicit Rounds(std::size_t numbers) : last_round_(numbers) {}
  void restart() { ++round_; }
  bool insert(std::uint32_t number) { return std::exchange(last_round_[number], round_) != round_; }

 private:
  std::vector<std::uint32_t> last_round_;
  std::uint32_t round_ = 1;
};

/// Adds up targets, with what they have in common once.
class Sum {
 public:
  Sum(const Listing& listing, UsageOf of)
      : listing_(listing), of_(of), blobs_(listing.contents.blobs.size()) {}

  void restart() {
    images_.clear();
    unsized_images_.clear();
    manifests_.clear();
    everything_ = IndexWalk(listing_.indexes);
    image_walk_ = IndexWalk(listing_.indexes, IndexWalk::To::kImages);
    blobs_.restart();
    usage_ = {};
  }

  /// `is_unique(blob)` says whether nothing else needs the blob.
  template <typename IsUnique>
  void add(const Target& target, IsUnique is_unique) {
    usage_.tags += target.listed_tags;
    const auto root = listing_.indexes.find(*target.digest);
    const IndexContent* const index = root == listing_.indexes.end() ? nullptr : &root->second;
    if (index == nullptr) {
      add_image(*target.digest);
      add_manifest(*target.digest, index, is_unique);
    } else if (of_ == UsageOf::kOnePlatform) {
      add_manifest(*target.digest, index, is_unique);  // which may be a cache
      for (const std::uint32_t image : target.images) {
        const Digest& digest = *listing_.images[image].digest;
        if (listing_.indexes.contains(digest)) continue;  // that of an unknown image
        add_sized_image(digest);
        add_manifest(digest, nullptr, is_unique);
      }
    } else {
      everything_.from(*target.digest, [&](const Digest& digest, const IndexContent* below) {
        add_manifest(digest, below, is_unique);
      });
      image_walk_.from(*target.digest, [&](const Digest& digest, const IndexContent* below) {
        if (below == nullptr) add_sized_image(digest);
      });
    }
  }

  [[nodiscard]] Usage result() const {
    Usage result = usage_;
    result.images = images_.size() + unsized_images_.size();
    return result;
  }

 private:
  void add_image(const Digest& digest) {
    if (!add_sized_image(digest)) unsized_images_.insert(digest);
  }
  /// Whether there is one: what an index lists may be gone.
  bool add_sized_image(const Digest& digest) {
    const BlobsOfManifest blobs = find(listing_.contents, digest);
    if (blobs != nullptr) images_.insert(blobs);
    return blobs != nullptr;
  }

  template <typename IsUnique>
  void add_manifest(const Digest& digest, const IndexContent* index, IsUnique is_unique) {
    const BlobsOfManifest blobs = find(listing_.contents, digest);
    if (blobs == nullptr || !manifests_.insert(blobs).second) return;
    // An index tells the size of what it lists itself, and nothing of its manifests.
    if (blobs->empty() && index != nullptr && *index != IndexContent{}) return;
    std::uint64_t& size = usage_.size ? *usage_.size : usage_.size.emplace(0);
    std::uint64_t& unique = usage_.unique ? *usage_.unique : usage_.unique.emplace(0);
    for (const std::uint32_t blob : *blobs) {
      if (!blobs_.insert(blob)) continue;
      size = saturating_sum(size, listing_.contents.blobs[blob].size);
      if (is_unique(blob)) unique = saturating_sum(unique, listing_.contents.blobs[blob].size);
    }
  }

  const Listing& listing_;
  UsageOf of_;
  std::unordered_set<BlobsOfManifest> images_;
  std::unordered_set<Digest> unsized_images_;
  std::unordered_set<BlobsOfManifest> manifests_;
  IndexWalk everything_{listing_.indexes};
  IndexWalk image_walk_{listing_.indexes, IndexWalk::To::kImages};
  Rounds blobs_;
  Usage usage_;
};

std::strong_ordering compare(const RepositoryUsage& a, const RepositoryUsage& b, SortKey key) {
  const auto name = [](const RepositoryUsage& row) {
    return row.repository == kNone ? std::nullopt : std::optional<std::string_view>(row.repository);
  };
  const auto known = [&](const auto& x, const auto& y) {
    return compare_known(x, y, key.is_descending);
  };
  switch (key.by) {
    case SortBy::kRepository:
      return known(name(a), name(b));
    case SortBy::kTags:
      return known(std::optional(a.usage.tags), std::optional(b.usage.tags));
    case SortBy::kImages:
      return known(std::optional(a.usage.images), std::optional(b.usage.images));
    case SortBy::kSize:
      return known(a.usage.size, b.usage.size);
    case SortBy::kShared:
      return known(a.usage.shared(), b.usage.shared());
    case SortBy::kUnique:
      return known(a.usage.unique, b.usage.unique);
    default:
      return std::strong_ordering::equal;
  }
}

/// What could not be read may need anything.
void forget_unique(UsageReport& report) {
  report.total.unique.reset();
  for (RepositoryUsage& row : report.repositories) row.usage.unique.reset();
}

/// Whether the target is a manifest that does not tell sizes.
bool is_unsized(const Listing& listing, const Target& target) {
  return find(listing.contents, *target.digest) == nullptr &&
         !listing.indexes.contains(*target.digest);
}

}  // namespace

UsageReport measure_usage(const Listing& listing, std::span<const Row> listed, UsageOf of) {
  const std::vector<Target> targets = targets_of(listing, listed, of);
  const std::vector<Need> needs = needs_of(listing, targets);
  UsageReport report;
  Sum total(listing, of);
  Sum of_repository(listing, of);
  for (std::size_t i = 0; i < targets.size();) {
    const std::uint32_t repository = targets[i].repository;
    of_repository.restart();
    for (; i < targets.size() && targets[i].repository == repository; ++i) {
      const Target& target = targets[i];
      if (target.listed_tags == 0) continue;
      if (is_unsized(listing, target)) report.unsized_tags += target.listed_tags;
      of_repository.add(target, [&](auto blob) { return needs[blob].is_only_of(repository); });
      total.add(target, [&](auto blob) { return needs[blob].is_only_listed(); });
    }
    const Usage usage = of_repository.result();
    if (usage.tags > 0) report.repositories.push_back({listing.repositories[repository], usage});
  }
  report.total = total.result();
  if (listed.empty()) report.total.size = report.total.unique = 0;
  if (!listing.gaps.empty()) forget_unique(report);
  return report;
}

void sort_usage(UsageReport& report, std::span<const SortKey> keys) {
  std::vector<SortKey> all(keys.begin(), keys.end());
  all.push_back({SortBy::kSize, true});
  all.push_back({SortBy::kRepository});
  sort_by(report.repositories, all,
          [](const auto& a, const auto& b, SortKey key) { return compare(a, b, key); });
}

}  // namespace dkr
