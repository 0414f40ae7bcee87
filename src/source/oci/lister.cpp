#include "source/oci/lister.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "model/filter.h"
#include "model/order.h"
#include "model/reference.h"
#include "source/oci/config_reader.h"
#include "source/oci/name.h"
#include "source/oci/unanswered.h"

namespace dkr {
namespace {

/// Tags whose updates are stored in the cache together, so that they take little memory, and a run
/// that is interrupted leaves something.
constexpr std::size_t kMaxUnstored = 1000;

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
  result.failures = std::exchange(failures_, {}).take(store_->name());
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
  if (query_.filter.keep) report_gaps();
  sort_newest_first(listing_);
  listing_.reference_prefix = store_->reference_prefix();
  listing_.failures = std::move(failures_).take(store_->name());
  co_return std::move(listing_);
}

Task<ConfigListing> Lister::configs(std::vector<ManifestName> manifests) {
  ConfigReader reader(*store_);
  co_return co_await reader.read(std::move(manifests));
}

Task<NameList> Lister::fetch_repositories() {
  NameList list = co_await store_->repositories();
  if (list.failure) add_failure(store_->name(), fmt::format("catalog: {}", list.failure->what()));
  co_return list;
}

Task<void> Lister::read_repositories() {
  const Origin origin = query_.repositories ? Origin::kQuery : Origin::kList;
  std::vector<std::string> names;
  if (query_.repositories) {
    names = std::move(*query_.repositories);
  } else {
    names = (co_await fetch_repositories()).names;
  }
  for (std::string& name : names) {
    if (named_.contains(name) || !keeps_repository(query_.filter, name)) continue;
    add_repository(std::move(name), origin);
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
  if (origin == Origin::kQuery) return false;  // there can be none
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
        listing_.absent.push_back(repository.name);
        add_failure(subject_of(repository),
                    "there are no tags; either there is no such repository, or it is empty");
      }
      if (tags->failure) note_gap(repository);
      add_tags(repository, std::move(tags->names));
      if (tags->failure) throw Error(*tags->failure);
    } else if (origin == Origin::kNamed) {
      listing_.absent.push_back(repository.name);
      add_failure(subject_of(repository), store_->no_such_repository());
    } else {
      log_.info("{}: {}", subject_of(repository),
                origin == Origin::kList ? "in the catalog, but gone" : "no such repository");
    }
  } catch (const Error& error) {
    note_gap(repository);
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
  if (!needs_all_tags(query_)) {
    const auto left_out =
        std::erase_if(tags, [&](const std::string& tag) { return !keeps_tag(query_.filter, tag); });
    if (left_out > 0) repository.is_complete = false;  // `tags` are not all of them any more
  }
  progress_.tags_known += tags.size();
  repository.pending = tags.size();
  repository.tags = std::move(tags);
  for (const std::string& tag : repository.tags) {
    tasks_.add([this, &repository, &tag] { return read_tag(repository, tag); }, Priority::kHigh);
  }
}

bool Lister::accept_tag(Repository& repository, const std::string& tag) {
  if (is_tag(tag)) return true;
  const std::string subject = subject_of(repository);
  if (tag.find(':') != std::string::npos && is_printable(tag)) {
    log_.info("{}: the tag list holds a digest, {}", subject, excerpt(tag, 80));
  } else {
    note_gap(repository);
    add_failure(subject, "the tag list holds an invalid tag: " + excerpt(tag, 80));
  }
  return false;
}

Task<void> Lister::read_tag(Repository& repository, std::string tag) {
  if (unanswered_ >= kMaxUnanswered) {
    ++given_up_;
    note_gap(repository, tag);
  } else {
    try {
      const auto failure = co_await list_tag(repository, tag);
      if (failure) {
        record_failure(subject_of(repository, tag), *failure);
      } else {
        unanswered_ = 0;
      }
    } catch (const Error& error) {
      note_gap(repository, tag);
      record_failure(subject_of(repository, tag), error);
    }
  }
  ++progress_.tags_done;
  if (repository.updates.tags.size() >= kMaxUnstored) store(repository, std::nullopt);
  if (--repository.pending == 0) finish(repository);
}

/// Adds the rows of the tag, and gives what is missing in them. Throws Error if there are none.
Task<std::optional<Error>> Lister::list_tag(Repository& repository, std::string tag) {
  if (query_.content == Content::kDigests) {
    co_await list_digest(repository, std::move(tag));
    co_return std::nullopt;
  }
  if (!std::exchange(repository.is_loaded, true)) {
    repository.cached = cache_->load(scope_of(repository));
  }
  const auto entry = repository.cached.tags.find(tag);
  std::optional<Digest> guess;
  if (entry != repository.cached.tags.end() && is_complete(repository.cached, entry->second)) {
    guess = entry->second;
  }
  auto tagged = co_await store_->resolve(repository.name, tag, guess);
  if (!tagged) {
    log_.info("{}: in the tag list, but gone", subject_of(repository, tag));
    co_return std::nullopt;
  }
  if (is_complete(repository.cached, tagged->digest)) {
    if (guess != tagged->digest) repository.updates.tags.insert_or_assign(tag, tagged->digest);
    add_cached(repository, tag, tagged->digest);
    co_return std::nullopt;
  }
  const bool is_index = tagged->manifest->entries.has_value();
  if (is_index && needs_indexes()) {
    const Digest digest = tagged->digest;
    Manifest index = *tagged->manifest;
    co_await resolver_->note_indexes(repository.name, digest, std::move(index));
  }
  if (is_index && query_.platforms == Platforms::kAll) {
    co_return co_await add_all_platforms(repository, std::move(tag), std::move(*tagged));
  }
  co_return co_await add_resolved(repository, std::move(tag), std::move(*tagged));
}

/// Adds the row of the tag, of which only the digest is asked for.
Task<void> Lister::list_digest(Repository& repository, std::string tag) {
  const auto digest = co_await store_->digest(repository.name, tag);
  if (!digest) {
    log_.info("{}: in the tag list, but gone", subject_of(repository, tag));
    co_return;
  }
  Image image;
  image.digest = digest;
  const std::uint32_t position = resolver_->add(std::move(image));
  add_row(repository, std::move(tag), position, std::span(&*digest, 1), MediaType::kUnknown);
}

/// Whether the query needs to know what indexes list.
bool Lister::needs_indexes() const {
  return query_.platforms == Platforms::kAll || needs_all_tags(query_);
}

/// Whether the cached content has all that the query needs of what `digest` stands for.
bool Lister::is_complete(const CachedRepository& cached, const Digest& digest) const {
  const auto has_image = [&](const Digest& image) {
    const auto found = cached.images.find(image);
    return found != cached.images.end() && (found->second.is_dated || !query_.dates);
  };
  if (!has_image(digest)) return false;
  if (!needs_indexes()) return true;
  const bool is_index = cached.indexes.contains(digest);
  if (!is_index && !is_image(cached.images.at(digest).media_type)) return false;
  if (query_.content == Content::kBlobs &&
      !std::ranges::all_of(all_below(cached.indexes, digest), [&](const Digest& below) {
        return cached.contents.by_manifest.contains(below);
      })) {
    return false;
  }
  return !is_index || query_.platforms == Platforms::kOne ||
         std::ranges::all_of(images_below(cached.indexes, digest), has_image);
}

/// Adds the rows of a tag from the cache, which is_complete().
void Lister::add_cached(const Repository& repository, const std::string& tag,
                        const Digest& digest) {
  const CachedRepository& known = repository.cached;
  const CachedImage& cached = known.images.at(digest);
  copy_indexes(known.indexes, digest, listing_.indexes);
  if (query_.content == Content::kBlobs) {
    for (const Digest& below : all_below(known.indexes, digest)) {
      builder_.contents().copy(known.contents, below);
    }
  }
  std::vector<Digest> leaves;
  if (query_.platforms == Platforms::kAll) leaves = images_below(known.indexes, digest);
  if (leaves.empty() || leaves.front() == digest) {
    const std::uint32_t image = resolver_->add(image_of(cached), cached.is_dated);
    return add_row(repository, tag, image, std::span(&digest, 1), cached.media_type);
  }
  for (const Digest& leaf : leaves) {
    const CachedImage& part = known.images.at(leaf);
    const std::uint32_t image = resolver_->add(image_of(part), part.is_dated);
    add_row(repository, tag, image, std::array{digest, leaf}, cached.media_type);
  }
}

/// Adds the row of the image for one platform.
Task<std::optional<Error>> Lister::add_resolved(Repository& repository, std::string tag,
                                                TaggedManifest tagged) {
  const Digest digest = tagged.digest;
  const MediaType media_type = tagged.manifest->media_type;
  const ResolvedImage resolved =
      co_await resolver_->resolve(repository.name, digest, std::move(*tagged.manifest));
  if (resolved.validity == ResolvedImage::Validity::kForever) {
    note_image(repository, digest, cached_image(resolved.image, media_type));
    note_tag(repository, tag, digest);
  }
  if (!needs_size(query_, listing_.images[resolved.image].size)) co_return std::nullopt;
  add_row(repository, std::move(tag), resolved.image, std::span(&digest, 1), media_type);
  co_return query_.requires_image ? resolved.failure : std::nullopt;
}

/// Adds a row for each platform of the index that a tag points to.
Task<std::optional<Error>> Lister::add_all_platforms(Repository& repository, std::string tag,
                                                     TaggedManifest tagged) {
  const Digest digest = tagged.digest;
  const MediaType media_type = tagged.manifest->media_type;
  const auto images =
      co_await resolver_->resolve_all(repository.name, std::move(*tagged.manifest->entries));
  if (images.empty()) {  // an index of attestations, or of a cache
    tagged.manifest->entries.emplace();
    co_return co_await add_resolved(repository, std::move(tag), std::move(tagged));
  }
  std::optional<Error> failure;
  bool is_lasting = true;
  std::unordered_set<std::uint32_t> listed;  // an index may list a manifest twice
  for (const ResolvedImage& resolved : images) {
    if (!listed.insert(resolved.image).second) continue;
    is_lasting = is_lasting && resolved.validity == ResolvedImage::Validity::kForever;
    if (resolved.failure) failure = resolved.failure;
    const Digest child = *listing_.images[resolved.image].digest;
    if (!needs_size(query_, listing_.images[resolved.image].size)) continue;
    add_row(repository, tag, resolved.image, std::array{digest, child}, media_type);
  }
  if (is_lasting) {
    for (const ResolvedImage& resolved : images) {
      const Digest manifest = *listing_.images[resolved.image].digest;
      const CachedImage image = cached_image(resolved.image, MediaType::kUnknown);
      const auto known = repository.updates.images.find(manifest);
      if (known == repository.updates.images.end()) {
        note_image(repository, manifest, image);
      } else {
        known->second.platform = image.platform;  // a tag that points there told its media type
      }
    }
    CachedImage index{digest};
    index.media_type = media_type;
    repository.updates.images.insert_or_assign(digest, std::move(index));
    note_tag(repository, tag, digest);
  }
  co_return failure;
}

/// Notes for the cache which image `digest` stands for. A date that is cached is not lost.
void Lister::note_image(Repository& repository, const Digest& digest, CachedImage image) {
  const auto known = repository.cached.images.find(digest);
  const bool has_date = known != repository.cached.images.end() && known->second.is_dated;
  if (!image.is_dated && has_date) image = known->second;
  repository.updates.images.insert_or_assign(digest, std::move(image));
}

/// Notes for the cache that the tag points to `digest`, and what is below that.
void Lister::note_tag(Repository& repository, const std::string& tag, const Digest& digest) {
  CachedRepository& updates = repository.updates;
  updates.tags.insert_or_assign(tag, digest);
  copy_indexes(listing_.indexes, digest, updates.indexes);
  if (query_.content != Content::kBlobs) return;
  for (const Digest& below : all_below(listing_.indexes, digest)) {
    const auto content = listing_.contents.by_manifest.find(below);
    if (content == listing_.contents.by_manifest.end()) continue;
    auto& positions = updates.contents.by_manifest[below];
    if (!positions.empty()) continue;
    for (const std::uint32_t blob : content->second) {
      positions.push_back(static_cast<std::uint32_t>(updates.contents.blobs.size()));
      updates.contents.blobs.push_back(listing_.contents.blobs[blob]);
    }
  }
}

/// Stores what was read of the repository in the cache, and frees its memory.
void Lister::finish(Repository& repository) {
  if (!repository.updates.tags.empty()) {
    using CurrentTags = std::optional<std::span<const std::string>>;
    store(repository, repository.is_complete ? CurrentTags(repository.tags) : std::nullopt);
  }
  repository.cached = {};
  repository.tags = {};
}

void Lister::store(Repository& repository,
                   std::optional<std::span<const std::string>> current_tags) {
  cache_->store(scope_of(repository), repository.updates, current_tags);
  repository.updates = {};
}

void Lister::note_gap(const Repository& repository, std::string tag) {
  listing_.gaps.push_back({repository.name, std::move(tag)});
}

/// Says which repositories --keep does not list, since a tag of theirs could not be read.
void Lister::report_gaps() {
  std::set<std::string_view> incomplete;
  for (const Gap& gap : listing_.gaps) incomplete.insert(gap.repository);
  for (const std::string_view repository : incomplete) {
    add_failure(fmt::format("{}/{}", store_->name(), repository),
                "not listed, since --keep needs to know all of its tags");
  }
}

void Lister::add_row(const Repository& repository, std::string tag, std::uint32_t image,
                     std::span<const Digest> digests, MediaType media_type) {
  Row& row = listing_.rows.emplace_back();
  row.repository = builder_.repository(repository.name);
  row.image = image;
  row.tag = std::move(tag);
  row.media_type = media_type;
  for (const Digest& digest : digests) builder_.digest(row, digest);
}

CachedImage Lister::cached_image(std::uint32_t image, MediaType media_type) const {
  const Image& known = listing_.images[image];
  CachedImage cached{*known.digest, known.id, known.created, known.size, media_type};
  if (known.platform) cached.platform = listing_.platforms[*known.platform];
  cached.is_dated = resolver_->is_dated(image);
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
  const bool is_all = query_.platforms == Platforms::kAll;
  return {store_->cache_key(), repository.name, is_all ? "all" : to_string(query_.platform)};
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
