#include "source/registry/registry.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "model/reference.h"
#include "source/registry/explain.h"
#include "source/registry/name.h"

namespace dkr {
namespace {

/// Connections of HTTP/1.1, or streams of one connection of HTTP/2.
constexpr std::size_t kConnections = 16;
constexpr std::size_t kStreams = 100;
constexpr int kMostUnanswered = 20;
constexpr int kDeepestIndex = 4;
constexpr std::size_t kMostTriedEntries = 64;

bool is_unanswered(ErrorKind kind) {
  return kind == ErrorKind::kUnreachable || kind == ErrorKind::kUntrusted ||
         kind == ErrorKind::kForbidden || kind == ErrorKind::kTimedOut ||
         kind == ErrorKind::kDisconnected || kind == ErrorKind::kBusy;
}

}  // namespace

Registry::Registry(RegistryAddress address, RegistryOptions options, HttpClient& client,
                   const World& world, ProgressObserver& observer, Log& log)
    : address_(std::move(address)),
      options_(std::move(options)),
      http_(client),
      observer_(observer),
      log_(log),
      client_(address_, options_.timeout, client, world, log),
      api_(client_),
      cache_(options_.cache_path, world.clock, log),
      cache_key_(address_.base_url + " " + client_.user_key()),
      tasks_(limit()) {
  log_.debug("registry {}: at {}", address_.name, address_.base_url);
}

RepositoryListing Registry::repositories() {
  RepositoryListing result;
  tasks_.add([this] { return fetch_catalog(); });
  run();
  for (const std::string& path : catalog_) {
    if (!seen_.insert(path).second) continue;
    if (is_repository(path)) {
      result.names.push_back(displayed_name(path, address_));
    } else {
      add_failure(address_.name, "the catalog holds what is no repository: " + excerpt(path, 80));
    }
  }
  result.failures = std::move(listing_.failures);
  return result;
}

Listing Registry::list(const Filter& wanted) {
  wanted_ = wanted;
  for (const std::string& name : wanted.names) {
    add_repository(repository_path(name, address_), Origin::kNamed);
  }
  if (wanted.names.empty() || !wanted.prefixes.empty()) {
    tasks_.add([this] { return read_catalog(); });
  }
  run();
  if (given_up_ > 0) {
    add_failure(address_.name,
                fmt::format("no answer to {} requests in a row; {} tags were not asked for",
                            kMostUnanswered, given_up_));
  }
  std::ranges::sort(listing_.images, [](const Image& a, const Image& b) {
    return std::tie(b.created, *a.repository, *a.tag) < std::tie(a.created, *b.repository, *b.tag);
  });
  std::ranges::sort(listing_.failures, {}, &Failure::message);
  return std::move(listing_);
}

void Registry::run() {
  while (tasks_.advance()) {
    http_.poll();
    tasks_.set_limit(limit());
    progress_.failures = listing_.failures.size();
    observer_.update(progress_);
  }
}

std::size_t Registry::limit() const {
  if (options_.jobs) return *options_.jobs;
  return client_.version() == HttpVersion::kTwo ? kStreams : kConnections;
}

Task<void> Registry::fetch_catalog() {
  try {
    NameList list = co_await api_.catalog();
    catalog_ = std::move(list.names);
    if (list.failure) add_failure(address_.name, fmt::format("catalog: {}", list.failure->what()));
  } catch (const Error& error) {
    throw explain(error, client_);
  }
}

Task<void> Registry::read_catalog() {
  co_await fetch_catalog();
  for (std::string& path : std::exchange(catalog_, {})) {
    if (keeps_repository(wanted_, displayed_name(path, address_)))
      add_repository(std::move(path), Origin::kCatalog);
  }
}

void Registry::add_repository(std::string path, Origin origin) {
  if (!seen_.insert(path).second) return;
  if (!is_repository(path)) {
    const std::string_view who = origin == Origin::kNamed ? "--repo" : "the catalog";
    add_failure(address_.name,
                fmt::format("{} holds what is no repository: {}", who, excerpt(path, 80)));
    return;
  }
  ++progress_.repositories_known;
  Repository& repository = repositories_.emplace_back();
  repository.displayed = displayed_name(path, address_);
  repository.path = std::move(path);
  tasks_.add([this, &repository, origin] { return read_repository(repository, origin); });
}

Task<void> Registry::read_repository(Repository& repository, Origin origin) {
  const std::string subject = address_.name + "/" + repository.displayed;
  try {
    auto tags = co_await api_.tags(repository.path);
    if (tags) {
      unanswered_ = 0;
      add_tags(repository, std::move(tags->names));
      if (tags->failure) throw Error(*tags->failure);
    } else if (origin == Origin::kNamed) {
      add_failure(subject, client_.has_credentials()
                               ? "there is no such repository"
                               : "there is no such repository, or not without credentials");
    } else {
      log_.info("{}: in the catalog, but gone", subject);
    }
  } catch (const Error& error) {
    note(subject, Error(error.kind(), fmt::format("tag list: {}", error.what()), error.hint()));
  }
  ++progress_.repositories_done;
}

void Registry::add_tags(Repository& repository, std::vector<std::string> tags) {
  if (wanted_.max_tags == 0 || tags.empty()) return;
  repository.known = cache_.load({cache_key_, repository.path, to_string(options_.platform)});
  std::ranges::sort(tags);
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  for (std::string& tag : tags) {
    if (!is_tag(tag)) {
      const std::string subject = address_.name + "/" + repository.displayed;
      if (tag.find(':') != std::string::npos && is_printable(tag)) {
        log_.info("{}: the tag list holds a digest, {}", subject, excerpt(tag, 80));
      } else {
        add_failure(subject, "the tag list holds what is no tag: " + excerpt(tag, 80));
      }
      continue;
    }
    ++progress_.tags_known;
    ++repository.unread;
    tasks_.add([this, &repository, tag = std::move(tag)] { return read_tag(repository, tag); });
  }
}

Task<void> Registry::read_tag(Repository& repository, std::string tag) {
  if (unanswered_ >= kMostUnanswered) {
    ++given_up_;
  } else {
    try {
      co_await describe_tag(repository, tag);
      unanswered_ = 0;
    } catch (const Error& error) {
      note(fmt::format("{}/{}:{}", address_.name, repository.displayed, tag), error);
    }
  }
  ++progress_.tags_done;
  if (--repository.unread > 0) co_return;
  if (!repository.news.tags.empty()) {
    cache_.store({cache_key_, repository.path, to_string(options_.platform)}, repository.news);
  }
  repository.known = {};
  repository.news = {};
}

Task<void> Registry::describe_tag(Repository& repository, std::string tag) {
  const auto guess = repository.known.tags.find(tag);
  const bool has_guess = guess != repository.known.tags.end();
  const std::string known = has_guess ? guess->second.text() : "";
  auto tagged = co_await api_.tagged(repository.path, tag, known);
  if (!tagged) {
    log_.info("{}/{}:{}: in the tag list, but gone", address_.name, repository.displayed, tag);
    co_return;
  }
  const Digest points_at(tagged->digest);
  const auto cached = repository.known.images.find(points_at);
  if (cached != repository.known.images.end()) {
    add_image(repository, tag, cached->second);
    if (tagged->digest != known) repository.news.tags.insert_or_assign(tag, points_at);
    co_return;
  }
  const std::string digest = tagged->digest;
  const Resolved resolved = co_await resolve(repository, digest, std::move(*tagged->manifest), 0);
  if (!resolved.image) co_return;
  add_image(repository, tag, *resolved.image);
  if (resolved.validity == Resolved::Validity::kEver) {
    repository.news.images.insert_or_assign(points_at, *resolved.image);
    repository.news.tags.insert_or_assign(tag, points_at);
  }
}

// kDeepestIndex bounds the recursion of these two. NOLINTBEGIN(misc-no-recursion)
Task<Registry::Resolved> Registry::resolve(Repository& repository, std::string digest,
                                           Manifest manifest, int depth) {
  if (manifest.entries) {
    co_return co_await resolve_index(repository, std::move(digest), std::move(*manifest.entries),
                                     depth);
  }
  const bool is_too_small = wanted_.min_size && !(manifest.size > wanted_.min_size);
  if (is_too_small) co_return Resolved{};
  CachedImage image{Digest(digest)};
  if (manifest.config_digest) image.id = Digest(*manifest.config_digest);
  image.created = manifest.created;
  image.size = manifest.size;
  if (manifest.config_kind == Manifest::ConfigKind::kImage) {
    image.created = co_await api_.created(repository.path, *manifest.config_digest);
  }
  co_return Resolved{std::move(image)};
}

Task<Registry::Resolved> Registry::resolve_index(Repository& repository, std::string digest,
                                                 std::vector<IndexEntry> entries, int depth) {
  if (depth == kDeepestIndex) {
    throw Error(ErrorKind::kMalformed, "manifest: is an index of indexes of indexes, without end");
  }
  auto validity = Resolved::Validity::kEver;
  entries = by_suitability(std::move(entries), options_.platform);
  if (entries.size() > kMostTriedEntries) entries.resize(kMostTriedEntries);
  for (const IndexEntry& entry : entries) {
    auto manifest = co_await api_.manifest(repository.path, entry.digest);
    if (manifest) {
      Resolved resolved =
          co_await resolve(repository, entry.digest, std::move(*manifest), depth + 1);
      if (validity == Resolved::Validity::kNow) resolved.validity = validity;
      co_return resolved;
    }
    validity = Resolved::Validity::kNow;  // the registry may still get it
  }
  co_return Resolved{CachedImage{Digest(digest)}, validity};
}
// NOLINTEND(misc-no-recursion)

void Registry::add_image(const Repository& repository, const std::string& tag,
                         const CachedImage& image) {
  // The id does not tell artifacts with the empty config from each other.
  constexpr std::string_view kEmptyConfig =
      "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
  std::optional<std::string> id;
  if (image.id) id = image.id->text();
  const bool has_own_id = id && *id != kEmptyConfig;
  listing_.images.push_back({repository.displayed, tag, id, image.created, image.size,
                             has_own_id ? "" : image.manifest.text()});
}

void Registry::add_failure(std::string_view subject, std::string_view cause) {
  listing_.failures.push_back({fmt::format("{}: {}", subject, cause)});
}

void Registry::note(const std::string& subject, const Error& error) {
  if (is_unanswered(error.kind())) {
    if (!client_.version()) throw explain(error, client_);
    ++unanswered_;
  }
  if (error.kind() == ErrorKind::kUnauthorized) {
    add_failure(subject, fmt::format("{} ({})", error.what(), login_advice(address_)));
  } else {
    add_failure(subject, error.what());
  }
}

}  // namespace dkr
