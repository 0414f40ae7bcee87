#include "source/engine/image_list.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "model/reference.h"

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
  Names tags;
  Names digests;
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

/// Adds the rows of one entry after another to a listing.
class RowWriter {
 public:
  explicit RowWriter(Listing& listing) : listing_(listing), builder_(listing) {}

  void add(const Summary& summary) {
    Image image;
    image.id.emplace(summary.id);
    image.created = summary.created;
    image.size = summary.size;
    const std::uint32_t position = builder_.image(std::move(image));
    if (is_dangling(summary)) {
      listing_.rows.emplace_back().image = position;
      return;
    }
    for (const Reference& tag : summary.tags.references) {
      tags_.push_back({rank_of(tag.repository), *tag.tag});
    }
    if (!std::ranges::is_sorted(tags_, {}, &Tag::rank)) {
      std::ranges::stable_sort(tags_, {}, &Tag::rank);
    }
    for (const Tag& tag : tags_) add_row(position, tag.rank, tag.text);
    for (const Reference& digest : summary.digests.references) {
      const std::size_t known = repositories_.size();
      const std::uint32_t rank = rank_of(digest.repository);
      if (rank == known) add_row(position, rank, "");
    }
    for (const std::uint32_t repository : repositories_) ranks_[repository] = kNoRank;
    repositories_.clear();
    tags_.clear();
  }

 private:
  static constexpr std::uint32_t kNoRank = std::numeric_limits<std::uint32_t>::max();

  struct Tag {
    std::uint32_t rank;  // of its repository
    std::string_view text;
  };

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

  void add_row(std::uint32_t image, std::uint32_t rank, std::string_view tag) {
    Row& row = listing_.rows.emplace_back();
    row.repository = repositories_[rank];
    row.image = image;
    row.tag = tag;
  }

  Listing& listing_;
  ListingBuilder builder_;
  // Of the entry that is being added:
  std::vector<Tag> tags_;
  std::vector<std::uint32_t> repositories_;  // in the order in which they first appear
  std::vector<std::uint32_t> ranks_;         // of all repositories of the listing
};

}  // namespace

Listing parse_engine_images(std::string_view body, const std::string& subject) {
  constexpr std::size_t kUsualEntryBytes = 512;  // entries are rarely smaller
  constexpr std::size_t kMaxUnreadable = 1000;
  Listing listing;
  RowWriter writer(listing);
  listing.images.reserve(body.size() / kUsualEntryBytes);
  listing.rows.reserve(body.size() / kUsualEntryBytes);
  Summary summary;
  std::size_t position = 0;
  std::size_t unreadable = 0;
  std::string first_fault;
  const auto record_fault = [&](const Error& error) {
    if (++unreadable == 1) first_fault = fmt::format("entry {} {}", position, error.what());
    if (unreadable > kMaxUnreadable) {
      throw malformed(fmt::format("over {} unreadable entries: {}", kMaxUnreadable, first_fault));
    }
  };
  json::for_each_element(
      body,
      [&](const json::Value& value) {
        ++position;
        try {
          read_summary(value, summary);
          writer.add(summary);
        } catch (const Error& error) {
          record_fault(error);
        }
      },
      [&](const Error& error) {
        ++position;
        record_fault(Error(error.kind(), fmt::format("is {}", error.what())));
      });
  if (unreadable > 0) {
    const std::string others =
        unreadable > 1 ? fmt::format(" (and {} more entries)", unreadable - 1) : "";
    listing.failures.push_back({fmt::format("{}: image list: {}{}", subject, first_fault, others)});
  }
  return listing;
}

}  // namespace dkr
