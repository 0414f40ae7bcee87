// The listing that every source produces and every output shows: images, and rows that refer to
// them. A listing may have hundreds of thousands of rows, so repeated values are stored once.
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
#include "base/hash.h"
#include "base/position_index.h"
#include "base/time.h"
#include "model/media_type.h"
#include "model/platform.h"

namespace dkr {

/// Stands for an absent repository or tag, in listings and in filters.
inline constexpr std::string_view kNone = "<none>";

/// A part of an image: its config, or one of its layers.
struct Blob {
  Digest digest;
  std::uint64_t size;  ///< in bytes
};

/// The image that one manifest describes, or one entry of an engine's list.
struct Image {
  /// The digest of the config, or the id that an engine reports; absent when unknown.
  std::optional<Digest> id;
  /// The digest of the manifest. If the store has none of the manifests that an index lists, it is
  /// the digest of the index. Absent when the source does not report it.
  std::optional<Digest> digest;
  /// When the image was created; absent when unknown.
  std::optional<Time> created;
  /// In bytes, as the source defines it; absent when unknown. Some engines report negative ones.
  std::optional<std::int64_t> size;
  /// Position in Listing::platforms; absent when unknown.
  std::optional<std::uint32_t> platform;
  /// Positions in Listing::blobs; empty unless the query requested them.
  std::vector<std::uint32_t> blobs;
};

/// One tag of an image, or an image without a tag. An image with several tags has several rows.
struct Row {
  /// Position in Listing::repositories; absent for an image without a name.
  std::optional<std::uint32_t> repository;
  std::uint32_t image = 0;  ///< position in Listing::images
  std::string tag;          ///< empty for an image without a tag
  /// The digest of the manifest or index that the tag points to; absent when unknown.
  std::optional<Digest> digest;
  MediaType media_type = MediaType::kUnknown;  ///< of `digest`
};

/// Something that could not be read, as one line for the user.
struct Failure {
  /// Names the subject and the cause: `localhost:5000/app:1: manifest is not JSON`.
  std::string message;
};

/// The content of a source, with the rows in its order, and what could not be read.
struct Listing {
  std::deque<std::string> repositories;  ///< each once, in docker's familiar form
  std::vector<Image> images;             ///< may contain images that no row refers to
  std::vector<Row> rows;
  std::vector<Platform> platforms;
  std::vector<Blob> blobs;
  std::vector<Failure> failures;

  [[nodiscard]] const Image& image_of(const Row& row) const { return images[row.image]; }
  /// The repository as it is displayed: `<none>` when there is none.
  [[nodiscard]] std::string_view repository_of(const Row& row) const {
    return row.repository ? std::string_view(repositories[*row.repository]) : kNone;
  }
  /// The tag as it is displayed: `<none>` when there is none.
  [[nodiscard]] static std::string_view tag_of(const Row& row) {
    return row.tag.empty() ? kNone : std::string_view(row.tag);
  }
};

/// Fills a listing, storing each repository name, platform and blob once.
class ListingBuilder {
 public:
  /// `listing` must outlive this object, and its repositories, platforms and blobs must be added
  /// through it alone.
  explicit ListingBuilder(Listing& listing) : listing_(listing) {}
  ListingBuilder(const ListingBuilder&) = delete;  // repositories_ refers to listing_
  ListingBuilder& operator=(const ListingBuilder&) = delete;

  /// The position of the repository `name` in Listing::repositories, where it is added if missing.
  std::uint32_t repository(std::string_view name);
  /// The position of `platform` in Listing::platforms, where it is added if missing.
  std::uint32_t platform(const Platform& platform);
  /// The position of `blob` in Listing::blobs, where it is added unless one has the same digest.
  std::uint32_t blob(const Blob& blob);
  /// Appends `image` to Listing::images and returns its position.
  std::uint32_t image(Image image);

 private:
  struct RepositoryAt {
    const std::deque<std::string>& repositories;
    std::string_view operator()(std::uint32_t position) const { return repositories[position]; }
  };

  Listing& listing_;
  PositionIndex<RepositoryAt> repositories_{RepositoryAt{listing_.repositories}};
  std::uint32_t last_repository_ = 0;
  std::unordered_map<std::string, std::uint32_t, KeyedHash> platforms_;  // by to_string()
  std::unordered_map<Digest, std::uint32_t> blobs_;
};

/// The repositories of a source by their displayed names, each once, and what could not be read.
struct RepositoryListing {
  std::vector<std::string> names;
  std::vector<Failure> failures;
};

/// The total size in bytes of the images that rows refer to. Each image counts once, as in
/// count_distinct(); an unknown size counts as 0. Exact up to 2^53 bytes (about 9 PB), rounded
/// beyond.
double total_size(const Listing& listing);

/// The number of distinct images that rows refer to. Images are the same if their manifest digests
/// are, or, where the source does not report those, their ids.
std::size_t count_distinct(const Listing& listing);

/// The displayed names of the repositories, each once, in the order of the rows.
std::vector<std::string> repositories(const Listing& listing);

}  // namespace dkr
