#include "source/oci/lister.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "model/filter.h"
#include "model/order.h"
#include "model/reference.h"
#include "source/oci/name.h"

namespace dkr {
namespace {

constexpr int kMaxUnanswered = 20;

/// Whether an error of this kind means that there was no response, or no useful one.
bool is_unanswered(ErrorKind kind) {
  return kind == ErrorKind::kUnreachable || kind == ErrorKind::kUntrusted ||
         kind == ErrorKind::kForbidden || kind == ErrorKind::kTimedOut ||
         kind == ErrorKind::kDisconnected || kind == ErrorKind::kBusy;
}

}  // namespace

Lister::Lister(std::unique_ptr<ContentStore> store, std::unique_ptr<ImageCache> cache,
               Progress& progress, Log& log)
    : store_(std::move(store)),
      cache_(std::move(cache)),
      progress_(progress),
      log_(log),
      tasks_([this] { return store_->concurrency(); }) {}

Task<RepositoryListing> Lister::repositories() {
  RepositoryListing result;
  NameList list = co_await fetch_repositories();
  result.names = std::move(list.names);
  std::erase_if(result.names,
                [&](const std::string& name) { return !accept_repository(name, Origin::kList); });
  result.failures = std::move(failures_).take(store_->name());
  co_return result;
}

Task<Listing> Lister::list(Query query) {
  query_ = std::move(query);
  resolver_.emplace(*store_, query_, listing_, builder_);
  for (const std::string& name : query_.filter.names) {
    if (named_.insert(name).second) add_repository(name, Origin::kNamed);
  }
  if (query_.filter.names.empty() || !query_.filter.prefixes.empty()) {
    tasks_.add([this] { return read_repositories(); });
  }
  co_await tasks_.run();
  if (given_up_ > 0) {
    add_failure(store_->name(),
                fmt::format("no answer to {} requests in a row; {} tags were not asked for",
                            kMaxUnanswered, given_up_));
  }
  resolver_.reset();
  sort_newest_first(listing_);
  listing_.failures = std::move(failures_).take(store_->name());
  co_return std::move(listing_);
}

Task<NameList> Lister::fetch_repositories() {
  NameList list = co_await store_->repositories();
  if (list.failure) add_failure(store_->name(), fmt::format("catalog: {}", list.failure->what()));
  co_return list;
}

Task<void> Lister::read_repositories() {
  NameList list = co_await fetch_repositories();
  for (std::string& name : list.names) {
    if (named_.contains(name) || !keeps_repository(query_.filter, name)) continue;
    add_repository(std::move(name), Origin::kList);
  }
}

void Lister::add_repository(std::string name, Origin origin) {
  if (!accept_repository(name, origin)) return;
  ++progress_.repositories_known;
  Repository& repository = repositories_.emplace_back();
  repository.name = std::move(name);
  tasks_.add([this, &repository, origin] { return read_repository(repository, origin); });
}

bool Lister::accept_repository(const std::string& name, Origin origin) {
  if (is_repository(name)) return true;
  const std::string_view holder = origin == Origin::kNamed ? "--repo" : "the catalog";
  add_failure(store_->name(),
              fmt::format("{} holds an invalid repository name: {}", holder, excerpt(name, 80)));
  return false;
}

Task<void> Lister::read_repository(Repository& repository, Origin origin) {
  try {
    auto tags = co_await store_->tags(repository.name);
    if (tags) {
      unanswered_ = 0;
      repository.is_complete = !tags->failure;
      // Some registries answer thus for what does not exist.
      if (origin == Origin::kNamed && repository.is_complete && tags->names.empty()) {
        add_failure(subject_of(repository),
                    "there are no tags; either there is no such repository, or it is empty");
      }
      add_tags(repository, std::move(tags->names));
      if (tags->failure) throw Error(*tags->failure);
    } else if (origin == Origin::kNamed) {
      add_failure(subject_of(repository), store_->no_such_repository());
    } else {
      log_.info("{}: in the catalog, but gone", subject_of(repository));
    }
  } catch (const Error& error) {
    record_failure(subject_of(repository),
                   Error(error.kind(), fmt::format("tag list: {}", error.what()), error.hint()));
  }
  ++progress_.repositories_done;
}

/// Tags take priority over the tag lists of other repositories, so that few repositories are in
/// memory at the same time.
void Lister::add_tags(Repository& repository, std::vector<std::string> tags) {
  if (query_.filter.max_tags == 0) return;
  std::ranges::sort(tags);
  std::erase_if(tags, [&](const std::string& tag) { return !accept_tag(repository, tag); });
  progress_.tags_known += tags.size();
  repository.pending = tags.size();
  repository.tags = std::move(tags);
  for (const std::string& tag : repository.tags) {
    tasks_.add([this, &repository, &tag] { return read_tag(repository, tag); }, Priority::kHigh);
  }
}

bool Lister::accept_tag(const Repository& repository, const std::string& tag) {
  if (is_tag(tag)) return true;
  const std::string subject = subject_of(repository);
  if (tag.find(':') != std::string::npos && is_printable(tag)) {
    log_.info("{}: the tag list holds a digest, {}", subject, excerpt(tag, 80));
  } else {
    add_failure(subject, "the tag list holds an invalid tag: " + excerpt(tag, 80));
  }
  return false;
}

Task<void> Lister::read_tag(Repository& repository, std::string tag) {
  if (unanswered_ >= kMaxUnanswered) {
    ++given_up_;
  } else {
    try {
      co_await list_tag(repository, tag);
      unanswered_ = 0;
    } catch (const Error& error) {
      record_failure(subject_of(repository, tag), error);
    }
  }
  ++progress_.tags_done;
  if (--repository.pending == 0) finish(repository);
}

Task<void> Lister::list_tag(Repository& repository, std::string tag) {
  // The cache does not know of blobs.
  if (query_.blobs == Blobs::kOmit && !std::exchange(repository.is_loaded, true)) {
    repository.cached = cache_->load(scope_of(repository));
  }
  const auto entry = repository.cached.tags.find(tag);
  std::optional<Digest> guess;
  if (entry != repository.cached.tags.end()) guess = entry->second;
  auto tagged = co_await store_->resolve(repository.name, tag, guess);
  if (!tagged) {
    log_.info("{}: in the tag list, but gone", subject_of(repository, tag));
    co_return;
  }
  const Digest digest = tagged->digest;
  const auto cached = repository.cached.images.find(digest);
  if (cached != repository.cached.images.end()) {
    if (guess != digest) repository.updates.tags.insert_or_assign(tag, digest);
    const std::uint32_t image = resolver_->add(image_of(cached->second));
    add_row(repository, std::move(tag), image, digest, cached->second.media_type);
    co_return;
  }
  const MediaType media_type = tagged->manifest->media_type;
  const ResolvedImage resolved =
      co_await resolver_->resolve(repository.name, digest, std::move(*tagged->manifest));
  if (resolved.validity == ResolvedImage::Validity::kForever) {
    repository.updates.images.insert_or_assign(digest, cached_image(resolved.image, media_type));
    repository.updates.tags.insert_or_assign(tag, digest);
  }
  if (!keeps_size(query_.filter, listing_.images[resolved.image].size)) co_return;
  add_row(repository, std::move(tag), resolved.image, digest, media_type);
  if (resolved.failure) throw Error(*resolved.failure);
}

/// Stores what was read of the repository in the cache, and frees its memory.
void Lister::finish(Repository& repository) {
  if (!repository.updates.tags.empty()) {
    cache_->store(scope_of(repository), repository.updates,
                  repository.is_complete
                      ? std::optional<std::span<const std::string>>(repository.tags)
                      : std::nullopt);
  }
  repository.cached = {};
  repository.updates = {};
  repository.tags = {};
}

void Lister::add_row(const Repository& repository, std::string tag, std::uint32_t image,
                     const Digest& digest, MediaType media_type) {
  listing_.rows.push_back(
      {builder_.repository(repository.name), image, std::move(tag), digest, media_type});
}

CachedImage Lister::cached_image(std::uint32_t image, MediaType media_type) const {
  const Image& known = listing_.images[image];
  CachedImage cached{*known.digest, known.id, known.created, known.size, media_type, {}};
  if (known.platform) cached.platform = listing_.platforms[*known.platform];
  return cached;
}

Image Lister::image_of(const CachedImage& cached) {
  Image image;
  image.id = cached.id;
  image.digest = cached.manifest;
  image.created = cached.created;
  image.size = cached.size;
  if (cached.platform) image.platform = builder_.platform(*cached.platform);
  return image;
}

CacheScope Lister::scope_of(const Repository& repository) const {
  return {store_->cache_key(), repository.name, to_string(query_.platform)};
}

std::string Lister::subject_of(const Repository& repository) const {
  return store_->name() + "/" + repository.name;
}

std::string Lister::subject_of(const Repository& repository, std::string_view tag) const {
  return fmt::format("{}:{}", subject_of(repository), tag);
}

void Lister::add_failure(std::string_view subject, std::string_view cause) {
  failures_.add(subject, cause);
  ++progress_.failures;
}

/// Throws if the store has never responded: then nothing at all can be read.
void Lister::record_failure(const std::string& subject, const Error& error) {
  if (is_unanswered(error.kind())) {
    if (!store_->has_answered()) throw store_->explain(error);
    ++unanswered_;
  }
  if (error.kind() == ErrorKind::kUnauthorized) {
    add_failure(subject, fmt::format("{} ({})", error.what(), store_->access_advice()));
  } else {
    add_failure(subject, error.what());
  }
}

}  // namespace dkr
