// What every source produces and every output shows: images, and the rows of a listing that name
// them. A listing may have hundreds of thousands of rows, hence what repeats is held once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/digest.h"
#include "base/time.h"
#include "model/media_type.h"
#include "model/platform.h"

namespace dkr {

/// What stands for an absent repository or tag, in listings and in filters.
inline constexpr std::string_view kNone = "<none>";

/// What an image consists of: its config, or one of its layers.
struct Blob {
  Digest digest;
  std::uint64_t size;  ///< in bytes
};

/// What one manifest stands for, or one entry of an engine's list.
struct Image {
  /// The digest of the config, or an engine's id; absent when unknown.
  std::optional<Digest> id;
  /// Of the manifest; of an index without a manifest for the wanted platform, its own. Absent where
  /// the source does not tell.
  std::optional<Digest> digest;
  /// When the image was built; absent when unknown.
  std::optional<Time> created;
  /// In bytes; what is counted is the source's choice. Absent when unknown.
  std::optional<std::uint64_t> size;
  /// Position in Listing::platforms; absent when unknown.
  std::optional<std::uint32_t> platform;
  /// Positions in Listing::blobs; empty unless the query asked for them.
  std::vector<std::uint32_t> blobs;
};

/// One tag of an image, or an image without a tag. An image with several tags has several rows.
struct Row {
  /// Position in Listing::repositories; absent for an image without a name.
  std::optional<std::uint32_t> repository;
  std::uint32_t image = 0;  ///< position in Listing::images
  std::string tag;          ///< empty: none
  /// Of the manifest or index that the tag points at; absent when unknown.
  std::optional<Digest> digest;
  MediaType media_type = MediaType::kUnknown;  ///< of `digest`
};

/// What could not be read: one line for the user.
struct Failure {
  /// Names the subject and the cause: `localhost:5000/app:1: manifest is not JSON`.
  std::string message;
};

/// What a source holds, the rows in its order, and what of it could not be read.
struct Listing {
  std::deque<std::string> repositories;  ///< as docker shows them, familiar form; each once
  std::vector<Image> images;             ///< may hold some that no row names
  std::vector<Row> rows;
  std::vector<Platform> platforms;
  std::vector<Blob> blobs;
  std::vector<Failure> failures;

  [[nodiscard]] const Image& image_of(const Row& row) const { return images[row.image]; }
  /// The repository as it is displayed, `<none>` when there is none.
  [[nodiscard]] std::string_view repository_of(const Row& row) const {
    return row.repository ? std::string_view(repositories[*row.repository]) : kNone;
  }
  /// The tag as it is displayed, `<none>` when there is none.
  [[nodiscard]] static std::string_view tag_of(const Row& row) {
    return row.tag.empty() ? kNone : std::string_view(row.tag);
  }
};

/// Gives each name, platform and blob of a listing its one place.
class ListingBuilder {
 public:
  /// `listing` must outlive this object, and be filled through it alone.
  explicit ListingBuilder(Listing& listing) : listing_(listing) {}

  /// The position of the repository `name` in Listing::repositories.
  std::uint32_t repository(std::string_view name);
  /// The position of `platform` in Listing::platforms.
  std::uint32_t platform(const Platform& platform);
  /// The position of `blob` in Listing::blobs; blobs of the same digest are one.
  std::uint32_t blob(const Blob& blob);
  /// The position of `image` in Listing::images, which is a new one.
  std::uint32_t image(Image image);

 private:
  Listing& listing_;
  std::unordered_map<std::string_view, std::uint32_t> repositories_;  // views into listing_
  std::uint32_t last_repository_ = 0;
  std::unordered_map<Digest, std::uint32_t> blobs_;
};

/// The names of the repositories that a source holds, each once and as they are displayed, and what
/// could not be read.
struct RepositoryListing {
  std::vector<std::string> names;
  std::vector<Failure> failures;
};

/// The sum of the sizes in bytes of the images that rows name, each counted once; unknown sizes
/// count nothing. Exact below 2^53 bytes, about 9 PB, and rounded beyond.
double total_size(const Listing& listing);

/// How many different images the rows name. An image is its manifest, where the source tells it,
/// else its id.
std::size_t count_distinct(const Listing& listing);

/// The displayed name of each repository once, in the order of the rows.
std::vector<std::string> repositories(const Listing& listing);

}  // namespace dkr
