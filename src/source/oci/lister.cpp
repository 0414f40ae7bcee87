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
  if (!listing_.absent.empty() && !has_repositories_) co_await doubt();
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

/// Makes sure that a store that has none of the repositories is one at all.
Task<void> Lister::doubt() {
  if (!query_.repositories) co_return;
  try {
    co_await store_->check();
  } catch (const Error& error) {
    throw store_->explain(error);
  }
  log_.warn("{}: not one of the repositories exists here, or is shown to this user",
            store_->name());
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
      has_repositories_ = true;
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
      if (origin == Origin::kQuery) listing_.absent.push_back(repository.name);
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
  repository.memory.emplace(*cache_, scope_of(repository), query_);
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
  if (--repository.pending == 0) {
    finish(repository);
  } else {
    repository.memory->store_if_much();
  }
}

/// Adds the rows of the tag, and gives what is missing in them. Throws Error if there are none.
Task<std::optional<Error>> Lister::list_tag(Repository& repository, std::string tag) {
  if (query_.content == Content::kDigests) {
    co_await list_digest(repository, std::move(tag));
    co_return std::nullopt;
  }
  RepositoryMemory& memory = *repository.memory;
  const std::optional<Digest> guess = memory.guess(tag);
  auto tagged = co_await store_->resolve(repository.name, tag, guess);
  if (!tagged) {
    log_.info("{}: in the tag list, but gone", subject_of(repository, tag));
    co_return std::nullopt;
  }
  if (memory.is_complete(tagged->digest)) {
    if (guess != tagged->digest) memory.note_tag(tag, tagged->digest);
    add_cached(repository, tag, tagged->digest);
    co_return std::nullopt;
  }
  if (query_.content == Content::kBlobs) recall(repository, tagged->digest);
  const bool is_index = tagged->manifest->entries.has_value();
  std::optional<Error> gap;
  if (is_index && needs_indexes(query_)) {
    const Digest digest = tagged->digest;
    Manifest index = *tagged->manifest;
    gap = co_await resolver_->note_indexes(repository.name, digest, std::move(index));
    if (gap) note_gap(repository, tag);
  }
  if (is_index && query_.platforms == Platforms::kAll) {
    auto failure = co_await add_all_platforms(repository, std::move(tag), std::move(*tagged), gap);
    co_return failure;
  }
  co_return co_await add_resolved(repository, std::move(tag), std::move(*tagged), std::move(gap));
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

/// Adds the rows of a tag from the cache, which is complete.
void Lister::add_cached(Repository& repository, const std::string& tag, const Digest& digest) {
  RepositoryMemory& memory = *repository.memory;
  const CachedRepository& known = memory.known();
  const CachedImage& cached = known.images.at(digest);
  copy_indexes(known.indexes, digest, listing_.indexes);
  if (query_.content == Content::kBlobs) {
    memory.recall(digest,
                  [&](const Digest& below) { builder_.contents().copy(known.contents, below); });
  }
  std::vector<Digest> leaves;
  if (query_.platforms == Platforms::kAll) leaves = images_below(known.indexes, digest);
  if (leaves.empty() || leaves.front() == digest) {
    const std::uint32_t image = add_image(cached, known.indexes);
    return add_row(repository, tag, image, std::span(&digest, 1), cached.media_type);
  }
  for (const Digest& leaf : leaves) {
    const std::uint32_t image = add_image(known.images.at(leaf), known.indexes);
    add_row(repository, tag, image, std::array{digest, leaf}, cached.media_type);
  }
}

/// Takes from the cache what is known below `digest`, so that only the rest is asked for.
void Lister::recall(Repository& repository, const Digest& digest) {
  RepositoryMemory& memory = *repository.memory;
  const CachedRepository& known = memory.known();
  if (const CachedImage* const image = memory.image(digest)) add_image(*image, known.indexes);
  memory.recall(digest, [&](const Digest& below) {
    if (known.indexes.contains(below)) return;  // something below it may have come
    builder_.contents().copy(known.contents, below);
    if (const CachedImage* const image = memory.image(below)) add_image(*image, known.indexes);
  });
}

/// The position of a cached image in the listing. An index that stands for no image is one of its
/// own, which the resolver must not take for a manifest.
std::uint32_t Lister::add_image(const CachedImage& cached, const IndexTable& indexes) {
  const bool is_unknown = is_index(cached.media_type) || indexes.contains(cached.manifest);
  if (is_unknown && !cached.id && !cached.size) return builder_.image(image_of(cached));
  return resolver_->add(image_of(cached), cached.is_dated);
}

/// Adds the row of the image for one platform. `gap` is why something below the tag is not known.
Task<std::optional<Error>> Lister::add_resolved(Repository& repository, std::string tag,
                                                TaggedManifest tagged, std::optional<Error> gap) {
  const Digest digest = tagged.digest;
  const MediaType media_type = tagged.manifest->media_type;
  ResolvedImage resolved;
  try {
    resolved = co_await resolver_->resolve(repository.name, digest, std::move(*tagged.manifest));
  } catch (const Error&) {
    if (!gap) throw;
    Image unknown;
    unknown.digest = digest;
    resolved = {builder_.image(std::move(unknown)), ResolvedImage::Validity::kNow};
  }
  if (!gap && resolved.validity == ResolvedImage::Validity::kForever) {
    repository.memory->note_image(digest, cached_image(resolved.image, media_type));
    repository.memory->note_tag(tag, digest, listing_, builder_.contents());
  }
  if (!needs_size(query_, listing_.images[resolved.image].size)) co_return std::nullopt;
  add_row(repository, std::move(tag), resolved.image, std::span(&digest, 1), media_type);
  if (gap) co_return gap;
  co_return query_.requires_image ? resolved.failure : std::nullopt;
}

/// Adds a row for each platform of the index that a tag points to.
Task<std::optional<Error>> Lister::add_all_platforms(Repository& repository, std::string tag,
                                                     TaggedManifest tagged,
                                                     std::optional<Error> gap) {
  const Digest digest = tagged.digest;
  const MediaType media_type = tagged.manifest->media_type;
  const auto images =
      co_await resolver_->resolve_all(repository.name, std::move(*tagged.manifest->entries));
  if (images.empty()) {  // an index of attestations, or of a cache
    tagged.manifest->entries.emplace();
    co_return co_await add_resolved(repository, std::move(tag), std::move(tagged), std::move(gap));
  }
  std::optional<Error> failure = gap;
  bool is_lasting = !gap;
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
    RepositoryMemory& memory = *repository.memory;
    for (const ResolvedImage& resolved : images) {
      const Digest manifest = *listing_.images[resolved.image].digest;
      memory.note_image(manifest, cached_image(resolved.image, MediaType::kUnknown));
    }
    memory.note_index(digest, media_type);
    memory.note_tag(tag, digest, listing_, builder_.contents());
  }
  co_return failure;
}

/// Stores what was read of the repository in the cache, and frees its memory.
void Lister::finish(Repository& repository) {
  using CurrentTags = std::optional<std::span<const std::string>>;
  repository.memory->store(repository.is_complete ? CurrentTags(repository.tags) : std::nullopt);
  repository.memory.reset();
  repository.tags = {};
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
