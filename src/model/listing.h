// The listing that every source produces and every output shows: images, and rows that refer to
// them. A listing may have hundreds of thousands of rows, so repeated values are stored once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/digest.h"
#include "base/hash.h"
#include "base/position_index.h"
#include "base/time.h"
#include "model/contents.h"
#include "model/index_content.h"
#include "model/media_type.h"
#include "model/platform.h"

namespace dkr {

/// Stands for an absent repository or tag, in listings and in filters.
inline constexpr std::string_view kNone = "<none>";

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
  /// As an engine reports them: how many containers use the image, and how many bytes of `size` it
  /// shares with other images; -1 when unknown.
  std::int64_t containers = -1;
  std::int64_t shared_size = -1;
  /// Whether a container uses the image. Only set if the query's filter asks for it.
  bool is_in_use = false;
  /// Position in Listing::platforms; absent when unknown.
  std::optional<std::uint32_t> platform;
};

/// One tag of an image, or an image without a tag. An image with several tags has several rows.
struct Row {
  /// Position in Listing::repositories; absent for an image without a name.
  std::optional<std::uint32_t> repository;
  std::uint32_t image = 0;  ///< position in Listing::images
  std::string tag;          ///< empty for an image without a tag
  /// Positions in Listing::digests: what digests_of() returns.
  std::uint32_t first_digest = 0;
  std::uint32_t digest_count = 0;
  MediaType media_type = MediaType::kUnknown;  ///< of the first digest
  /// Position in Listing::references, the first of which stands for none.
  std::uint32_t reference = 0;
};

/// A tag that could not be read.
struct Gap {
  std::string repository;  ///< as it is displayed; empty: any number of unknown repositories
  std::string tag;         ///< empty: any number of unknown tags
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
  std::vector<Digest> digests;
  /// What other tools call an image, where that does not follow from its name: `oci:DIR:TAG`. The
  /// first is empty.
  std::vector<std::string> references = {""};
  IndexTable indexes;  ///< empty unless the query needs it
  Contents contents;   ///< of everything below the tags; empty unless the query asks for it
  /// In bytes: what all images together take, as an engine reports it; absent unless it does.
  std::optional<std::uint64_t> total_size;
  std::vector<Gap> gaps;
  /// Repositories that the query names and that do not exist.
  std::vector<std::string> absent;
  std::vector<Failure> failures;
  /// What comes before a repository's name in references that other tools understand:
  /// `localhost:5000/`; empty for docker's familiar names.
  std::string reference_prefix;

  [[nodiscard]] const Image& image_of(const Row& row) const { return images[row.image]; }
  /// The repository as it is displayed: `<none>` when there is none.
  [[nodiscard]] std::string_view repository_of(const Row& row) const {
    return row.repository ? std::string_view(repositories[*row.repository]) : kNone;
  }
  /// The digests of the manifest or index that the row stands for, as the source reports them for
  /// its repository: one in OCI content, any number in an engine, and none if the query did not ask
  /// for them. With Platforms::kAll, the manifest's own follows that of the index.
  [[nodiscard]] std::span<const Digest> digests_of(const Row& row) const {
    return std::span(digests).subspan(row.first_digest, row.digest_count);
  }
  /// The tag as it is displayed: `<none>` when there is none.
  [[nodiscard]] static std::string_view tag_of(const Row& row) {
    return row.tag.empty() ? kNone : std::string_view(row.tag);
  }
};

/// Fills a listing, storing each repository name, platform and blob once.
class ListingBuilder {
 public:
  /// `listing` must outlive this object, and its repositories, platforms and contents must be added
  /// through it alone.
  explicit ListingBuilder(Listing& listing) : listing_(listing) {}
  ListingBuilder(const ListingBuilder&) = delete;  // repositories_ refers to listing_
  ListingBuilder& operator=(const ListingBuilder&) = delete;

  /// The position of the repository `name` in Listing::repositories, where it is added if missing.
  std::uint32_t repository(std::string_view name);
  /// The position of `platform` in Listing::platforms, where it is added if missing.
  std::uint32_t platform(const Platform& platform);
  /// Fills Listing::contents.
  [[nodiscard]] ContentsBuilder& contents() { return contents_; }
  /// Appends `digest` to the digests of `row`, which must be the last row that got one.
  void digest(Row& row, Digest digest);
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
  ContentsBuilder contents_{listing_.contents};
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
