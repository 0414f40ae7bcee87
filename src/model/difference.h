// What two sources do not have in common, as in `dkr-ls diff`.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "model/listing.h"
#include "model/order.h"

namespace dkr {

/// What a tag stands for.
struct TagTarget {
  /// Of the manifest or index: one in OCI content, or none where images have no manifests; in an
  /// engine any number, or none if it knows none for the repository.
  std::vector<Digest> digests;
  /// Of an engine's image, or of OCI content without manifests; absent otherwise.
  std::optional<Digest> id;
  /// In OCI content: the digests, or ids, of further images that go by the same name.
  std::vector<Digest> others = {};

  friend bool operator==(const TagTarget&, const TagTarget&) = default;
};

/// What a source says of its tags.
struct TagTable {
  using Tags = std::map<std::string, TagTarget, std::less<>>;
  std::map<std::string, Tags, std::less<>> repositories;
  std::vector<Gap> gaps;
  bool is_complete = true;  ///< false: any tag may be missing, beside the gaps
};

enum class TagStore { kEngine, kOci };

/// The rows of `listing` that have a tag, those without a repository as `<none>`. With `store`
/// kEngine, a failure means that the table is not complete.
TagTable tags_of(const Listing& listing, TagStore store);

/// Sorted as they are called.
enum class DifferenceStatus { kDiffers, kOnlyA, kOnlyB, kRepackaged };

/// `differs`, `only-a`, `only-b` or `repackaged`.
std::string_view to_string(DifferenceStatus status);

/// A tag in which two sources differ.
struct Difference {
  DifferenceStatus status = DifferenceStatus::kDiffers;
  std::string repository;  ///< its name in A; for kOnlyB that in B
  std::string tag;
  /// What the tag points to; absent where the source has no such tag, or no digest for it.
  std::optional<Digest> digest_a = {};
  std::optional<Digest> digest_b = {};
  /// TagTarget::id, for judge().
  std::optional<Digest> id_a = {};
  std::optional<Digest> id_b = {};
  /// kSeveral: the tag stands for several images in one of the sources, so that judge() cannot
  /// tell.
  enum class Images { kOne, kSeveral } images = Images::kOne;

  friend bool operator==(const Difference&, const Difference&) = default;
};

enum class OnlyB { kReport, kIgnore };

/// The tags in which the tables differ, by repository and then by tag, as compare_versions() orders
/// them. `names` are the repositories to compare, by their names in `a`, with their names in `b`;
/// several of `a` may be one in `b`. A tag is the same if the sources have a digest in common, or
/// name the same image. What may be missing because it could not be read is no difference.
std::vector<Difference> compare(const TagTable& a, const TagTable& b,
                                const std::map<std::string, std::string>& names, OnlyB only_b);

/// The digests of the configs of a tag's images, sorted; null where unknown, or where only
/// TagTarget::id tells the image.
using KnownConfigs = const std::vector<Digest>*;

/// What is left to say of `difference`, of a tag that both sources have, once it is known which
/// images it stands for in OCI content; absent if nothing differs. An engine holds the image for a
/// single platform: without a digest, it matches a tag that has the same image for any platform.
std::optional<DifferenceStatus> judge(const Difference& difference, KnownConfigs a, KnownConfigs b);

/// Sorts by `keys`, as sort_by() does.
void sort_differences(std::vector<Difference>& differences, std::span<const SortKey> keys);

/// A beginning of repository names, and what takes its place.
struct Renaming {
  std::string from;
  std::string to;
};

/// `name` as the first of `renamings` that fits has it.
std::string renamed(std::string_view name, std::span<const Renaming> renamings);

/// Leaves in a listing with familiar names the rows of the registry whose references begin with
/// `prefix` (Listing::reference_prefix), with those without a
/// name, which may be of any registry, and takes the prefix off their names, and those of gaps.
void keep_registry(Listing& listing, std::string_view prefix);

}  // namespace dkr
