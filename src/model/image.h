// What every source produces and every output shows: images, one per line of a listing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/world.h"

namespace dkr {

/// What stands for an absent repository or tag, in listings and in filters.
inline constexpr std::string_view kNone = "<none>";

/// One line of a listing: one tag of an image, or an image without a tag. An image with several
/// tags is several of these, with the same id.
struct Image {
  /// As docker shows it, familiar form; absent for an image without a name.
  std::optional<std::string> repository;
  std::optional<std::string> tag;
  /// The digest of the image's config, as the source gave it: `sha256:<64 hex digits>`; absent when
  /// unknown.
  std::optional<std::string> id;
  /// When the image was built; absent when unknown.
  std::optional<Time> created;
  /// In bytes; what is counted is the source's choice. Absent when unknown.
  std::optional<std::uint64_t> size;
  /// What tells the image from others where its id does not, such as the digest of its manifest;
  /// empty where the id does.
  std::string identity = {};

  /// The repository as it is displayed, `<none>` when there is none.
  [[nodiscard]] std::string_view displayed_repository() const {
    return repository ? std::string_view(*repository) : kNone;
  }
  [[nodiscard]] std::string_view displayed_tag() const {
    return tag ? std::string_view(*tag) : kNone;
  }
};

/// What could not be read: one line for the user.
struct Failure {
  /// Names the subject and the cause: `localhost:5000/app:1: manifest is not JSON`.
  std::string message;
};

/// What a source holds, in the order of the source, and what of it could not be read.
struct Listing {
  std::vector<Image> images;
  std::vector<Failure> failures;
};

/// The names of the repositories that a source holds, each once and as they are displayed, and what
/// could not be read.
struct RepositoryListing {
  std::vector<std::string> names;
  std::vector<Failure> failures;
};

/// The sum of the sizes in bytes, an image that is listed several times counting once; unknown
/// sizes count nothing. Exact below 2^53 bytes, about 9 PB, and rounded beyond.
double total_size(const std::vector<Image>& images);

/// How many different images `images` lists: those with several tags count once.
std::size_t count_distinct(const std::vector<Image>& images);

/// The displayed name of each repository once, in the order of first appearance.
std::vector<std::string> repositories(const std::vector<Image>& images);

}  // namespace dkr
