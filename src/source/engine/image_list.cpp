#include "source/engine/image_list.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "model/reference.h"
#include "source/engine/image_manifests.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxIdBytes = 200;  // more than a SHA-512 digest has

/// The value of the field `key`, which must be present.
std::int64_t read_integer(const std::optional<json::Value>& member, std::string_view key) {
  if (!member) throw malformed(fmt::format("has no {}", key));
  const auto number = member->integer();
  if (!number) throw malformed(fmt::format("{} is not a whole number", key));
  return *number;
}

/// The content of RepoTags or RepoDigests.
struct Names {
  std::size_t count = 0;
  std::string_view last;
  std::vector<Reference> references;
};

/// One entry of the list, with views into it.
struct Summary {
  std::string_view id;
  std::optional<Time> created;
  std::int64_t size = 0;
  std::int64_t containers = -1;
  std::int64_t shared_size = -1;
  MediaType media_type = MediaType::kUnknown;
  Names tags;
  Names digests;
  std::vector<ManifestSummary> manifests;
};

/// Reads the list of names in the field `key`, which is empty if it is absent or null. As in
/// docker, names that are not references, or lack the part `needed`, are skipped. Invalid names
/// with control characters are an error, since no engine writes them.
void read_names(const std::optional<json::Value>& member, std::string_view key,
                std::optional<std::string_view> Reference::*needed, Names& names) {
  names.count = 0;
  names.references.clear();
  if (!member || member->is_null()) return;
  const bool is_list = member->for_each([&](const json::Value& element) {
    const auto name = element.string();
    if (!name) throw malformed(fmt::format("{} holds something other than strings", key));
    const auto reference = parse_reference(*name);
    if (reference && (*reference).*needed) names.references.push_back(*reference);
    if (!reference && !is_printable(*name)) {
      throw malformed(fmt::format("{} holds control characters: {}", key, excerpt(*name, 80)));
    }
    ++names.count;
    names.last = *name;
  });
  if (!is_list) throw malformed(fmt::format("{} is not a list", key));
}

/// Whether the image has no names. Engines before API 1.43 write placeholders then.
bool is_dangling(const Summary& image) {
  if (image.tags.count == 0 && image.digests.count == 0) return true;
  return image.tags.count == 1 && image.tags.last == "<none>:<none>" &&  //
         image.digests.count == 1 && image.digests.last == "<none>@<none>";
}

/// Reads an entry into `summary`, whose memory is used again. Throws Error kMalformed.
void read_summary(const json::Value& value, Summary& summary) {
  if (!value.is_object()) throw malformed("is not an object");
  constexpr std::array<std::string_view, 5> kFields = {"Id", "Created", "Size", "RepoTags",
                                                       "RepoDigests"};
  const auto [id, created, size, repo_tags, repo_digests] = value.find_fields(kFields);
  if (!id) throw malformed("has no Id");
  if (!id->string() || id->string()->empty()) throw malformed("Id is not a name");
  if (id->string()->size() > kMaxIdBytes) throw malformed("Id is too long");
  summary.id = *id->string();
  summary.created = known_time(Time(std::chrono::seconds(read_integer(created, "Created"))));
  summary.size = read_integer(size, "Size");
  read_names(repo_tags, "RepoTags", &Reference::tag, summary.tags);
  read_names(repo_digests, "RepoDigests", &Reference::digest, summary.digests);
}

/// Reads what docker's table does not show. docker takes a number that is missing for 0.
void read_detail(const json::Value& value, Summary& summary) {
  constexpr std::array<std::string_view, 3> kFields = {"Containers", "SharedSize", "Descriptor"};
  const auto [containers, shared_size, descriptor] = value.find_fields(kFields);
  const auto number = [](const std::optional<json::Value>& member) {
    return member ? member->integer().value_or(-1) : 0;
  };
  summary.containers = number(containers);
  summary.shared_size = number(shared_size);
  const auto type = descriptor ? descriptor->find_field("mediaType") : std::nullopt;
  summary.media_type = parse_media_type(type ? type->string().value_or("") : "");
}

/// Limits how many lines few bytes can ask for: each tag is shown with each digest of its
/// repository, and each name for each platform.
class LineLimit {
 public:
  /// Throws Error kMalformed when the lines of this entry are too many. `rows` are those before it.
  void add(const Summary& summary, std::size_t rows) {
    constexpr std::size_t kFew = 50'000;
    constexpr std::size_t kFewOfEntry = 10'000;
    const std::size_t tags = summary.tags.references.size();
    const std::size_t digests = summary.digests.references.size();
    const std::size_t platforms = summary.manifests.size();
    const std::size_t lines =
        (digests > 1 ? tags * digests : 0) + (platforms > 1 ? (tags + digests) * platforms : 0);
    if (lines > kFewOfEntry || lines_ + lines > kFew + 2 * rows) {
      throw malformed("has too many pairs of a name and a digest or platform");
    }
    lines_ += lines;
  }

 private:
  std::size_t lines_ = 0;
};

/// Adds the rows of one entry after another to a listing.
class RowWriter {
 public:
  RowWriter(Listing& listing, Detail detail, Platforms platforms,
            const std::unordered_set<Digest>& in_use)
      : listing_(listing), detail_(detail), platforms_(platforms), in_use_(in_use) {}

  void add(const Summary& summary) {
    add_images(summary);
    if (is_dangling(summary)) {
      add_rows(summary, std::nullopt, "");
    } else {
      add_names(summary);
    }
    for (const std::uint32_t repository : repositories_) ranks_[repository] = kNoRank;
    repositories_.clear();
    tags_.clear();
    digests_.clear();
    images_.clear();
  }

 private:
  static constexpr std::uint32_t kNoRank = std::numeric_limits<std::uint32_t>::max();

  struct RankedText {
    std::uint32_t rank;  // of its repository
    std::string_view text;
  };

  void add_images(const Summary& summary) {
    Image image;
    image.id.emplace(summary.id);
    image.created = summary.created;
    image.size = summary.size;
    image.containers = summary.containers;
    image.shared_size = summary.shared_size;
    image.is_in_use = is_in_use(summary);
    for (const ManifestSummary& manifest : summary.manifests) {
      if (platforms_ == Platforms::kOne || manifest.platform.os.empty()) continue;
      Image part = image;
      part.id.emplace(manifest.digest);
      part.digest.emplace(manifest.digest);
      part.size = manifest.size;
      part.platform = builder_.platform(manifest.platform);
      images_.push_back(builder_.image(std::move(part)));
    }
    if (images_.empty()) images_.push_back(builder_.image(std::move(image)));
  }

  [[nodiscard]] bool is_in_use(const Summary& summary) const {
    if (in_use_.empty()) return false;  // the usual case
    return in_use_.contains(Digest(summary.id)) ||
           std::ranges::any_of(summary.manifests, [&](const ManifestSummary& manifest) {
             return in_use_.contains(Digest(manifest.digest));
           });
  }

  void add_names(const Summary& summary) {
    for (const Reference& tag : summary.tags.references) {
      tags_.push_back({rank_of(tag.repository), *tag.tag});
    }
    sort(tags_);
    std::size_t shown = repositories_.size();
    for (const Reference& digest : summary.digests.references) {
      digests_.push_back({rank_of(digest.repository), *digest.digest});
    }
    sort(digests_);
    for (const RankedText& tag : tags_) add_rows(summary, tag.rank, tag.text);
    for (; shown < repositories_.size(); ++shown) {
      add_rows(summary, static_cast<std::uint32_t>(shown), "");
    }
  }

  static void sort(std::vector<RankedText>& texts) {
    if (!std::ranges::is_sorted(texts, {}, &RankedText::rank)) {
      std::ranges::stable_sort(texts, {}, &RankedText::rank);
    }
  }

  /// The position of `repository` in repositories_, where it is added if missing.
  std::uint32_t rank_of(std::string_view repository) {
    const std::uint32_t position = builder_.repository(repository);
    if (position >= ranks_.size()) ranks_.resize(position + 1, kNoRank);
    std::uint32_t& rank = ranks_[position];
    if (rank == kNoRank) {
      rank = static_cast<std::uint32_t>(repositories_.size());
      repositories_.push_back(position);
    }
    return rank;
  }

  /// Adds a row for each of images_.
  void add_rows(const Summary& summary, std::optional<std::uint32_t> rank, std::string_view tag) {
    for (const std::uint32_t image : images_) {
      Row& row = listing_.rows.emplace_back();
      if (rank) row.repository = repositories_[*rank];
      row.image = image;
      row.tag = tag;
      row.media_type = summary.media_type;
      if (detail_ == Detail::kAll) add_digests(summary, row, rank);
    }
  }

  void add_digests(const Summary& summary, Row& row, std::optional<std::uint32_t> rank) {
    if (rank) {
      auto digest = std::ranges::lower_bound(digests_, *rank, {}, &RankedText::rank);
      for (; digest != digests_.end() && digest->rank == *rank; ++digest) {
        builder_.digest(row, Digest(digest->text));
      }
    }
    const auto& manifest = listing_.image_of(row).digest;
    if (!manifest) return;
    if (row.digest_count == 0) builder_.digest(row, Digest(summary.id));  // that of the index
    builder_.digest(row, *manifest);
  }

  Listing& listing_;
  ListingBuilder builder_{listing_};
  Detail detail_;
  Platforms platforms_;
  const std::unordered_set<Digest>& in_use_;
  // Of the entry that is being added:
  std::vector<std::uint32_t> images_;  // one for each platform
  std::vector<RankedText> tags_;
  std::vector<RankedText> digests_;
  std::vector<std::uint32_t> repositories_;  // in the order in which they first appear
  std::vector<std::uint32_t> ranks_;         // of all repositories of the listing
};

}  // namespace

Listing parse_engine_images(std::string_view body, const std::string& subject, Detail detail,
                            Platforms platforms, const std::unordered_set<Digest>& in_use) {
  constexpr std::size_t kUsualEntryBytes = 512;  // entries are rarely smaller
  constexpr std::size_t kMaxUnreadable = 1000;
  Listing listing;
  RowWriter writer(listing, detail, platforms, in_use);
  LineLimit limit;
  listing.images.reserve(body.size() / kUsualEntryBytes);
  listing.rows.reserve(body.size() / kUsualEntryBytes);
  Summary summary;
  const bool needs_manifests = platforms == Platforms::kAll || !in_use.empty();
  std::size_t position = 0;
  std::size_t unreadable = 0;
  std::string first_fault;
  const auto record_fault = [&](const Error& error) {
    if (++unreadable == 1) first_fault = fmt::format("entry {} {}", position, error.what());
    if (unreadable > kMaxUnreadable) {
      throw malformed(fmt::format("over {} unreadable entries: {}", kMaxUnreadable, first_fault));
    }
  };
  try {
    json::for_each_element(
        body,
        [&](const json::Value& value) {
          ++position;
          try {
            read_summary(value, summary);
            if (detail == Detail::kAll) read_detail(value, summary);
            if (needs_manifests) summary.manifests = read_manifests(value);
            if (detail == Detail::kAll || needs_manifests) limit.add(summary, listing.rows.size());
            writer.add(summary);
          } catch (const Error& error) {
            record_fault(error);
          }
        },
        [&](const Error& error) {
          ++position;
          record_fault(Error(error.kind(), fmt::format("is {}", error.what())));
        });
  } catch (const Error& error) {
    throw malformed(fmt::format("image list: {}", error.what()));
  }
  if (unreadable > 0) {
    const std::string others =
        unreadable > 1 ? fmt::format(" (and {} more entries)", unreadable - 1) : "";
    listing.failures.push_back({fmt::format("{}: image list: {}{}", subject, first_fault, others)});
  }
  return listing;
}

}  // namespace dkr
