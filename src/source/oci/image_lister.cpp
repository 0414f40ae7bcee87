#include "source/oci/image_lister.h"

#include <cstdint>
#include <set>
#include <span>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/hash.h"
#include "model/filter.h"
#include "model/order.h"
#include "model/reference.h"
#include "source/oci/config_reader.h"

namespace dkr {
namespace {

std::string_view displayed(const std::string& name) {
  return name.empty() ? kNone : std::string_view(name);
}

/// For messages: `nginx:1.27`, or the digest of an image without a name.
std::string name_of(const NamedImage& image) {
  if (image.repository.empty() && image.tag.empty()) return image.digest.text();
  return fmt::format("{}:{}", displayed(image.repository), displayed(image.tag));
}

}  // namespace

ImageLister::ImageLister(std::unique_ptr<ImageStore> store, const Clock& clock, Progress& progress,
                         Log& log)
    : store_(std::move(store)),
      cache_("", clock, log),
      progress_(progress),
      tasks_([this] { return store_->concurrency(); }) {}

Task<RepositoryListing> ImageLister::repositories() {
  ImageNames found = co_await store_->images();
  RepositoryListing result;
  result.failures = std::move(found.failures);
  std::unordered_set<std::string_view, KeyedHash> known;
  for (const NamedImage& image : found.images) {
    const std::string_view name = displayed(image.repository);
    if (known.insert(name).second) result.names.emplace_back(name);
  }
  co_return result;
}

Task<Listing> ImageLister::list(Query query) {
  query_ = std::move(query);
  ImageNames found = co_await store_->images();
  listing_.gaps = std::move(found.gaps);
  std::erase_if(listing_.gaps, [&](const Gap& gap) {
    return !gap.repository.empty() && !keeps_repository(query_.filter, gap.repository);
  });
  const CacheScope scope{store_->name(), "", to_string(query_.platform)};
  memory_.emplace(cache_, scope, query_);
  rows_.emplace(*store_, query_, listing_, builder_);
  for (NamedImage& image : found.images) {
    if (!needs(image)) continue;
    ++progress_.tags_known;
    tasks_.add([this, image = std::move(image)] { return read(image); });
  }
  co_await tasks_.run();
  if (query_.filter.keep) report_gaps();
  sort_newest_first(listing_);
  listing_.failures = std::move(failures_).take(store_->name());
  listing_.failures.insert(listing_.failures.end(), found.failures.begin(), found.failures.end());
  co_return std::move(listing_);
}

std::string ImageLister::displayed_name(std::string_view repository) const {
  return familiar_name(repository);
}

Task<ConfigListing> ImageLister::configs(std::vector<ManifestName> manifests) {
  ConfigReader reader(*store_);
  co_return co_await reader.read(std::move(manifests));
}

bool ImageLister::needs(const NamedImage& image) const {
  const Filter& filter = query_.filter;
  if (filter.max_tags == 0) return false;
  if (!keeps_repository(filter, displayed(image.repository))) return false;
  return needs_all_tags(query_) || keeps_tag(filter, displayed(image.tag));
}

Task<void> ImageLister::read(NamedImage image) {
  try {
    const auto failure = co_await add_rows(image);
    if (failure) add_failure(image, failure->what());
  } catch (const Error& error) {
    add_failure(image, error.what());
    listing_.gaps.push_back({std::string(displayed(image.repository)), image.tag});
    if (query_.content != Content::kBlobs) {  // which nobody knows of this image
      rows_->add_digest(image.repository, image.tag, image.digest);
      complete_rows(image, listing_.rows.size() - 1);
    }
  }
  memory_->store_if_much();
  ++progress_.tags_done;
}

/// Adds the rows of the image, and gives what is missing in them. Throws Error if there are none.
Task<std::optional<Error>> ImageLister::add_rows(NamedImage image) {
  const std::size_t first = listing_.rows.size();
  if (query_.content == Content::kDigests) {
    rows_->add_digest(image.repository, image.tag, image.digest);
    complete_rows(image, first);
    co_return std::nullopt;
  }
  const auto tagged = co_await rows_->read("", *memory_, image.digest);
  if (!tagged) throw malformed(fmt::format("the manifest is missing: {}", image.digest.text()));
  if (tagged->gap) {
    listing_.gaps.push_back({std::string(displayed(image.repository)), image.tag});
  }
  const std::size_t added = listing_.rows.size();
  auto failure = rows_->add(image.repository, *memory_, image.tag, image.digest, *tagged);
  complete_rows(image, added);
  co_return failure;
}

/// Adds to the rows from `first` on what the name of the image tells.
void ImageLister::complete_rows(const NamedImage& image, std::size_t first) {
  if (!image.reference.empty()) listing_.references.push_back(image.reference);
  for (Row& row : std::span(listing_.rows).subspan(first)) {
    if (!image.reference.empty()) {
      row.reference = static_cast<std::uint32_t>(listing_.references.size() - 1);
    }
    // What repositories take is found by these, where they stand for what they are asked for.
    const bool is_usage = query_.content == Content::kBlobs;
    if (is_usage && !row.repository) row.repository = builder_.repository(kNone);
    if (image.digest_of == NamedImage::DigestOf::kManifest) continue;
    if (!is_usage) row.digest_count = 0;
    listing_.images[row.image].id = image.digest;
  }
}

void ImageLister::add_failure(const NamedImage& image, std::string_view cause) {
  failures_.add(fmt::format("{}: {}", store_->name(), name_of(image)), cause);
  ++progress_.failures;
}

/// Says of which repositories --keep lists nothing, since one of their images cannot be read.
void ImageLister::report_gaps() {
  std::set<std::string_view> incomplete;
  for (const Gap& gap : listing_.gaps) incomplete.insert(gap.repository);
  if (incomplete.contains("")) {
    return failures_.add(store_->name(), "nothing is listed, since --keep needs to know all names");
  }
  for (const std::string_view repository : incomplete) {
    failures_.add(fmt::format("{}: {}", store_->name(), repository),
                  "not listed, since --keep needs to know all of its tags");
  }
}

}  // namespace dkr
