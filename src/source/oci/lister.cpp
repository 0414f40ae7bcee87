#include "source/oci/lister.h"

#include <algorithm>
#include <memory>
#include <set>
#include <span>
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

Lister::Lister(std::unique_ptr<ContentStore> store, std::shared_ptr<ImageCache> cache,
               Progress& progress, Log& log, std::optional<std::chrono::minutes> max_stale)
    : store_(std::move(store)),
      cache_(std::move(cache)),
      progress_(progress),
      log_(log),
      answers_(*store_, *cache_, max_stale),
      tasks_([this] { return store_->concurrency(); }) {}

Task<RepositoryListing> Lister::repositories() {
  RepositoryListing result;
  NameList list = co_await fetch_repositories();
  result.names = std::move(list.names);
  std::erase_if(result.names,
                [&](const std::string& name) { return !accept_repository(name, Origin::kList); });
  result.failures = std::exchange(failures_, {}).take(store_->name());
  answers_.report(log_);
  co_return result;
}

Task<Listing> Lister::list(Query query) {
  query_ = std::move(query);
  if (answers_.may_be_used()) query_.keeps_indexes = true;
  rows_.emplace(*store_, query_, listing_, builder_);
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
  rows_.reset();
  if (query_.filter.keep) report_gaps();
  sort_newest_first(listing_);
  listing_.reference_prefix = store_->reference_prefix();
  listing_.failures = std::move(failures_).take(store_->name());
  report_unlisted();
  answers_.report(log_);
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
  NameList list;
  if (auto recent = answers_.repositories()) {
    list.names = std::move(*recent);
    co_return list;
  }
  const Time asked = answers_.now();
  list = co_await store_->repositories();
  if (list.failure) {
    add_failure(store_->name(), fmt::format("catalog: {}", list.failure->what()));
  } else {
    answers_.keep_repositories(list.names, asked);
  }
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
  if (is_repository(name)) {
    if (store_->holds(name)) return true;
    if (origin != Origin::kList) {
      add_absent(name, origin, "not in the namespace that --source names");
    }
    return false;
  }
  if (origin == Origin::kQuery) return false;  // there can be none
  const std::string_view holder = origin == Origin::kNamed ? "--repo" : "the catalog";
  add_failure(store_->name(),
              fmt::format("{} holds an invalid repository name: {}", holder, excerpt(name, 80)));
  return false;
}

/// Only a user who names a repository takes it for granted.
void Lister::add_absent(const std::string& repository, Origin origin, std::string_view cause) {
  if (origin != Origin::kList) listing_.absent.push_back(repository);
  if (origin == Origin::kNamed) add_failure(subject_of(repository), cause);
}

Task<void> Lister::read_repository(Repository& repository, Origin origin) {
  try {
    auto tags = co_await fetch_tags(repository.name);
    if (tags) {
      has_repositories_ = true;
      repository.is_complete = !tags->failure;
      // Some registries answer thus for what does not exist.
      if (origin == Origin::kNamed && repository.is_complete && tags->names.empty()) {
        add_absent(repository.name, origin,
                   "there are no tags; either there is no such repository, or it is empty");
      }
      if (tags->failure) note_gap(repository);
      add_tags(repository, std::move(tags->names));
      if (tags->failure) throw Error(*tags->failure);
    } else {
      add_absent(repository.name, origin, store_->no_such_repository());
      if (origin != Origin::kNamed) {
        log_.info("{}: {}", subject_of(repository.name),
                  origin == Origin::kList ? "in the catalog, but gone" : "no such repository");
      }
    }
  } catch (const Error& error) {
    note_gap(repository);
    record_failure(subject_of(repository.name),
                   Error(error.kind(), fmt::format("tag list: {}", error.what()), error.hint()));
  }
  ++progress_.repositories_done;
}

Task<std::optional<NameList>> Lister::fetch_tags(std::string repository) {
  std::optional<NameList> list;
  if (auto recent = answers_.tags(repository)) {
    list.emplace();
    list->names = std::move(*recent);
    co_return list;
  }
  const Time asked = answers_.now();
  list = co_await store_->tags(repository);
  if (!list) {
    answers_.forget_tags(repository);
    co_return list;
  }
  unanswered_ = 0;
  if (!list->failure) answers_.keep_tags(repository, list->names, asked);
  co_return list;
}

/// Tags take priority over the tag lists of other repositories, so that few repositories are in
/// memory at the same time.
void Lister::add_tags(Repository& repository, std::vector<std::string> tags) {
  if (query_.filter.max_tags == 0) return;
  std::ranges::sort(tags);
  std::erase_if(tags, [&](const std::string& tag) { return !accept_tag(repository, tag); });
  repository.digests = std::make_unique<TagDigests>(answers_, repository.name);
  const auto is_left_out = [&](const std::string& tag) { return !keeps_tag(query_.filter, tag); };
  if (!needs_all_tags(query_) && std::ranges::any_of(tags, is_left_out)) {
    if (repository.is_complete) repository.digests->retain(tags);
    std::erase_if(tags, is_left_out);
    repository.is_complete = false;  // `tags` are not all of them any more
  }
  progress_.tags_known += tags.size();
  repository.pending = tags.size();
  repository.memory.emplace(*cache_, scope_of(repository), query_);
  repository.tags = std::move(tags);
  if (repository.tags.empty()) return finish(repository);
  for (const std::string& tag : repository.tags) {
    tasks_.add([this, &repository, &tag] { return read_tag(repository, tag); }, Priority::kHigh);
  }
}

bool Lister::accept_tag(Repository& repository, const std::string& tag) {
  if (is_tag(tag)) return true;
  const std::string subject = subject_of(repository.name);
  if (tag.find(':') != std::string::npos && is_printable(tag)) {
    log_.info("{}: the tag list holds a digest, {}", subject, excerpt(tag, 80));
  } else {
    note_gap(repository);
    add_failure(subject, "the tag list holds an invalid tag: " + excerpt(tag, 80));
  }
  return false;
}

Task<void> Lister::read_tag(Repository& repository, std::string tag) {
  if (list_recent(repository, tag)) {
    // Nothing had to be asked.
  } else if (unanswered_ >= kMaxUnanswered) {
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

/// Adds the rows of the tag if the cache knows all that they need.
bool Lister::list_recent(Repository& repository, const std::string& tag) {
  const TaggedDigest* const recent = repository.digests->find(tag);
  if (recent == nullptr) return false;
  RepositoryMemory& memory = *repository.memory;
  if (query_.content == Content::kDigests) {
    rows_->add_digest(repository.name, tag, recent->digest);
  } else if (memory.is_complete(recent->digest)) {
    if (memory.guess(tag) != recent->digest) memory.note_tag(tag, recent->digest);
    rows_->add_known(repository.name, memory, tag, recent->digest);
  } else {
    return false;
  }
  repository.digests->note_taken(*recent);
  return true;
}

/// Adds the rows of the tag, and gives what is missing in them. Throws Error if there are none.
Task<std::optional<Error>> Lister::list_tag(Repository& repository, std::string tag) {
  if (query_.content == Content::kDigests) {
    co_await list_digest(repository, std::move(tag));
    co_return std::nullopt;
  }
  RepositoryMemory& memory = *repository.memory;
  if (const TaggedDigest* const recent = repository.digests->find(tag)) {
    const auto tagged = co_await read_recent(repository, recent->digest);
    if (tagged) {
      repository.digests->note_taken(*recent);
      co_return add_rows(repository, tag, recent->digest, *tagged);
    }
  }
  const std::optional<Digest> guess = memory.guess(tag);
  const Time asked = answers_.now();
  auto found = co_await store_->resolve(repository.name, tag, guess);
  std::optional<Digest> digest;
  if (found) digest = found->digest;
  // The headers of a signed manifest of schema 1 tell another digest than that of its bytes.
  const bool has_two_digests = found && found->manifest && found->manifest->is_schema_one();
  if (!has_two_digests) repository.digests->note(tag, digest, asked);
  if (!digest) {
    note_gone(repository, tag);
    co_return std::nullopt;
  }
  if (memory.is_complete(*digest)) {
    if (guess != digest) memory.note_tag(tag, *digest);
    rows_->add_known(repository.name, memory, tag, *digest);
    co_return std::nullopt;
  }
  std::optional<TaggedImages> tagged;
  if (found->manifest) {
    tagged = co_await rows_->read(repository.name, memory, *digest, std::move(*found->manifest));
  } else {
    tagged = co_await rows_->read(repository.name, memory, *digest);
  }
  if (!tagged) {
    note_gone(repository, tag);
    co_return std::nullopt;
  }
  co_return add_rows(repository, tag, *digest, *tagged);
}

/// What a digest stands for that the tag had recently; absent if the store does not have it by now,
/// or not under this digest.
Task<std::optional<TaggedImages>> Lister::read_recent(Repository& repository, Digest digest) {
  try {
    co_return co_await rows_->read(repository.name, *repository.memory, std::move(digest));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kMalformed) throw;
  }
  co_return std::nullopt;
}

/// Adds the row of the tag, of which only the digest is asked for.
Task<void> Lister::list_digest(Repository& repository, std::string tag) {
  const Time asked = answers_.now();
  const auto digest = co_await store_->digest(repository.name, tag);
  repository.digests->note(tag, digest, asked);
  if (!digest) {
    note_gone(repository, tag);
  } else {
    rows_->add_digest(repository.name, tag, *digest);
  }
}

std::optional<Error> Lister::add_rows(Repository& repository, const std::string& tag,
                                      const Digest& digest, const TaggedImages& tagged) {
  if (tagged.gap) note_gap(repository, tag);
  return rows_->add(repository.name, *repository.memory, tag, digest, tagged);
}

void Lister::note_gone(const Repository& repository, std::string_view tag) {
  log_.info("{}: in the tag list, but gone", subject_of(repository, tag));
}

/// Stores what was read of the repository in the cache, and frees its memory.
void Lister::finish(Repository& repository) {
  std::optional<std::span<const std::string>> current_tags;
  if (repository.is_complete) current_tags = repository.tags;
  repository.memory->store(current_tags);
  repository.memory.reset();
  repository.digests->keep(current_tags);
  repository.digests.reset();
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

CacheScope Lister::scope_of(const Repository& repository) const {
  const bool is_all = query_.platforms == Platforms::kAll;
  return {store_->cache_key(), repository.name, is_all ? "all" : to_string(query_.platform)};
}

std::string Lister::subject_of(const std::string& repository) const {
  return store_->name() + "/" + repository;
}

std::string Lister::subject_of(const Repository& repository, std::string_view tag) const {
  return fmt::format("{}:{}", subject_of(repository.name), tag);
}

void Lister::add_failure(std::string_view subject, std::string_view cause) {
  failures_.add(subject, cause);
  ++progress_.failures;
}

/// Throws if the store has never responded, and nothing is known from before: then nothing at all
/// can be read.
void Lister::record_failure(const std::string& subject, const Error& error) {
  if (error.kind() == ErrorKind::kOutOfPulls) {
    if (without_pull_++ == 0) ++progress_.failures;
    out_of_pulls_ = error.what();
    return;
  }
  if (is_unanswered(error.kind())) {
    if (!store_->has_answered() && !answers_.has_tags()) throw store_->explain(error);
    ++unanswered_;
  }
  if (error.kind() == ErrorKind::kUnauthorized) {
    add_failure(subject, fmt::format("{} ({})", error.what(), store_->access_advice()));
  } else {
    add_failure(subject, error.what());
  }
}

/// Says how many tags would have needed pulls that the store does not allow.
void Lister::report_unlisted() {
  if (without_pull_ == 0) return;
  listing_.failures.push_back({fmt::format("{}; {} not listed", out_of_pulls_,
                                           counted(without_pull_, "tag is", "tags are"))});
}

}  // namespace dkr
