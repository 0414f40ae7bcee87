#include "source/hub/hub.h"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "model/docker_hub.h"
#include "model/filter.h"
#include "model/index_content.h"
#include "model/order.h"
#include "source/hub/choice.h"
#include "source/hub/repository_pages.h"
#include "source/hub/tag_pages.h"
#include "source/oci/name.h"
#include "source/oci/unanswered.h"

namespace dkr {
namespace {

/// Concurrent HTTP/1.1 connections, or streams of one HTTP/2 connection.
constexpr std::size_t kHubConnections = 16;
constexpr std::size_t kHubStreams = 100;

std::string subject_of(std::string_view repository) {
  return fmt::format("{}/{}", kDockerHub, repository);
}

std::string subject_of(std::string_view repository, std::string_view tag) {
  return fmt::format("{}:{}", subject_of(repository), tag);
}

std::optional<std::int64_t> size_of(const HubTag& tag, const HubImage* chosen) {
  const bool is_told_by_tag = chosen == nullptr || (!chosen->size && tag.images.size() == 1);
  const auto& size = is_told_by_tag ? tag.size : chosen->size;
  return size ? std::optional(static_cast<std::int64_t>(*size)) : std::nullopt;
}

}  // namespace

Hub::Hub(HubOptions options, std::shared_ptr<ImageCache> cache, HttpClient& client,
         const World& world, Progress& progress, Log& log)
    : options_(std::move(options)),
      api_(options_.timeout, client, world, log),
      answers_(std::move(cache), api_.answers_key(), options_.max_stale),
      progress_(progress),
      log_(log),
      tasks_([this] { return concurrency(); }) {
  log.debug("registry {}: at {}", kDockerHub, kHubApiUrl);
}

std::size_t Hub::concurrency() const {
  if (options_.jobs) return *options_.jobs;
  return api_.version() == HttpVersion::kTwo ? kHubStreams : kHubConnections;
}

std::string Hub::displayed_name(std::string_view repository) const {
  return std::string(familiar_path(without_hub(repository)));
}

Task<RepositoryListing> Hub::repositories() {
  RepositoryListing result;
  NameList list = co_await fetch_repositories();
  result.names = std::move(list.names);
  std::erase_if(result.names,
                [&](const std::string& name) { return !accept_repository(name, Origin::kList); });
  result.failures = std::exchange(failures_, {}).take(kDockerHub);
  answers_.report(log_);
  co_return result;
}

Task<Listing> Hub::list(Query query) {
  query_ = std::move(query);
  const Filter& filter = query_.filter;
  const bool has_others = filter.names.empty() || !filter.prefixes.empty();
  if (has_others && !query_.repositories && options_.name_space.empty()) throw HubApi::no_catalog();
  for (const std::string& name : filter.names) {
    if (named_.insert(name).second) add_repository(name, Origin::kNamed);
  }
  if (has_others) tasks_.add([this] { return read_repositories(); });
  co_await tasks_.run();
  if (given_up_ > 0) {
    add_failure(kDockerHub,
                fmt::format("no answer to {} requests in a row; {} repositories were not asked for",
                            kMaxUnanswered, given_up_));
  }
  if (query_.repositories && !listing_.absent.empty() && !has_repositories_) {
    log_.warn("{}: not one of the repositories exists here, or is shown to this user", kDockerHub);
  }
  if (filter.keep) report_gaps();
  report_dates();
  answers_.report(log_);
  sort_newest_first(listing_);
  listing_.failures = std::move(failures_).take(kDockerHub);
  co_return std::move(listing_);
}

Task<ConfigListing> Hub::configs(std::vector<ManifestName> manifests) {
  log_.info("{}: manifests are not read without --exact, so nothing is known to be repackaged",
            kDockerHub);
  ConfigListing listing;
  listing.configs.resize(manifests.size());
  co_return listing;
}

Task<NameList> Hub::fetch_repositories() {
  const std::string& name_space = options_.name_space;
  if (name_space.empty()) throw HubApi::no_catalog();
  const std::string question = "repositories/" + name_space;
  NameList list;
  HubRepositoryPages known(name_space);
  if (answers_.recall(question, known)) {
    list.names = std::move(known).take();
    co_return list;
  }
  const Time asked = answers_.now();
  try {
    list = co_await api_.repositories(name_space);
  } catch (const Error& error) {
    throw api_.explain(error);
  }
  if (list.failure) {
    add_failure(kDockerHub, fmt::format("repository list: {}", list.failure->what()));
  } else if (answers_.may_be_kept()) {
    std::string page = repository_page(list.names);
    if (page.size() <= HubAnswers::kMaxBytes) answers_.keep(question, asked, std::move(page));
  }
  co_return list;
}

/// Absent when there is no such repository.
Task<std::optional<HubTagList>> Hub::fetch_tags(std::string repository) {
  const std::string question = "tags/" + full_path(repository);
  std::optional<HubTagList> list;
  HubTagPages known;
  if (answers_.recall(question, known)) {
    list.emplace().tags = std::move(known).take();
    co_return list;
  }
  const Time asked = answers_.now();
  list = co_await api_.tags(std::move(repository));
  if (!list) {
    answers_.forget(question);
  } else if (!list->failure && answers_.may_be_kept()) {
    auto page = tag_page(list->tags, HubAnswers::kMaxBytes);
    if (page) answers_.keep(question, asked, std::move(*page));
  }
  co_return list;
}

Task<void> Hub::read_repositories() {
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

void Hub::add_repository(std::string name, Origin origin) {
  if (!accept_repository(name, origin)) return;
  ++progress_.repositories_known;
  tasks_.add([this, name = std::move(name), origin] { return read_repository(name, origin); });
}

bool Hub::accept_repository(const std::string& name, Origin origin) {
  if (!is_repository(name)) {
    if (origin == Origin::kQuery) return false;  // there can be none
    add_failure(kDockerHub,
                fmt::format("--repo holds an invalid repository name: {}", excerpt(name, 80)));
    return false;
  }
  if (is_in_namespace(name)) return true;
  if (origin != Origin::kList) listing_.absent.push_back(name);
  if (origin == Origin::kNamed) {
    add_failure(subject_of(name), "not in the namespace that --source names");
  }
  return false;
}

bool Hub::is_in_namespace(std::string_view repository) const {
  return options_.name_space.empty() ||
         full_path(repository).starts_with(options_.name_space + "/");
}

Task<void> Hub::read_repository(std::string name, Origin origin) {
  if (unanswered_ >= kMaxUnanswered) {
    ++given_up_;
    note_gap(name);
  } else {
    try {
      auto list = co_await fetch_tags(name);
      unanswered_ = 0;
      if (list) {
        has_repositories_ = true;
        add_tags(name, list->tags);
        if (list->failure) throw Error(*list->failure);
      } else {
        note_absent(name, origin);
      }
    } catch (const Error& error) {
      note_gap(name);
      record_failure(name, error);
    }
  }
  ++progress_.repositories_done;
}

void Hub::note_absent(const std::string& repository, Origin origin) {
  if (origin != Origin::kList) listing_.absent.push_back(repository);
  if (origin == Origin::kNamed) {
    add_failure(subject_of(repository), api_.has_credentials()
                                            ? "there is no such repository"
                                            : "there is no such repository, or not without "
                                              "credentials");
  } else {
    log_.info(
        "{}: {}", subject_of(repository),
        origin == Origin::kList ? "in the list of repositories, but gone" : "no such repository");
  }
}

void Hub::add_tags(const std::string& repository, const std::vector<HubTag>& tags) {
  if (query_.filter.max_tags == 0) return;
  for (const HubTag& tag : tags) {
    if (!needs_all_tags(query_) && !keeps_tag(query_.filter, tag.name)) continue;
    ++progress_.tags_known;
    add_tag(repository, tag);
    ++progress_.tags_done;
  }
}

void Hub::add_tag(const std::string& repository, const HubTag& tag) {
  if (query_.content == Content::kDigests) return add_digest(repository, tag);
  if (needs_indexes(query_)) note_index(repository, tag);
  std::vector<const HubImage*> images;
  if (query_.platforms == Platforms::kAll) images = images_of_platforms(tag);
  if (images.empty()) images = {choose_image(tag, query_.platform)};
  for (const HubImage* const image : images) add_row(repository, tag, image);
}

/// Adds the row of the tag, of which only the digest is asked for.
void Hub::add_digest(const std::string& repository, const HubTag& tag) {
  if (!tag.digest) {
    note_gap(repository, tag.name);
    return add_failure(subject_of(repository, tag.name), "Docker Hub does not tell the digest");
  }
  add_row(repository, tag, nullptr);
}

/// Adds a row with what is known of the tag, and of `chosen`, unless that is null.
void Hub::add_row(const std::string& repository, const HubTag& tag, const HubImage* chosen) {
  Image image;
  image.digest = chosen != nullptr && chosen->digest ? chosen->digest : tag.digest;
  image.created = chosen != nullptr && chosen->pushed ? chosen->pushed : tag.pushed;
  image.size = size_of(tag, chosen);
  if (chosen != nullptr && is_known_platform(chosen->platform)) {
    image.platform = builder_.platform(chosen->platform);
  }
  Row& row = listing_.rows.emplace_back();
  row.repository = builder_.repository(repository);
  row.tag = tag.name;
  row.media_type = tag.media_type;
  if (tag.digest) {
    builder_.digest(row, *tag.digest);
    const bool is_child = query_.platforms == Platforms::kAll && image.digest != tag.digest;
    if (is_child) builder_.digest(row, *image.digest);
  }
  row.image = builder_.image(std::move(image));
}

/// Notes what the tag's index lists. Where that is not all known, nothing that --keep lists would
/// be safe to delete.
void Hub::note_index(const std::string& repository, const HubTag& tag) {
  IndexContent content;
  bool is_known = tag.digest && (is_image(tag.media_type) || !tag.images.empty());
  for (const HubImage& image : tag.images) {
    if (!image.digest) is_known = is_known && is_image(tag.media_type);
    if (!image.digest || image.digest == tag.digest) continue;
    const bool is_attestation = is_attestation_platform(image.platform);
    (is_attestation ? content.attestations : content.manifests).push_back(*image.digest);
  }
  if (tag.digest && !(content == IndexContent{})) {
    listing_.indexes.try_emplace(*tag.digest, std::move(content));
  }
  if (query_.filter.keep && !is_known) {
    note_gap(repository, tag.name);
    add_failure(subject_of(repository, tag.name), "Docker Hub does not tell all of its digests");
  }
}

void Hub::note_gap(const std::string& repository, std::string tag) {
  listing_.gaps.push_back({repository, std::move(tag)});
}

/// Says which repositories --keep does not list, since a tag of theirs could not be read.
void Hub::report_gaps() {
  std::set<std::string_view> incomplete;
  for (const Gap& gap : listing_.gaps) incomplete.insert(gap.repository);
  for (const std::string_view repository : incomplete) {
    add_failure(subject_of(repository), "not listed, since --keep needs to know all of its tags");
  }
}

void Hub::report_dates() {
  if (query_.content == Content::kDigests || listing_.rows.empty()) return;
  const bool is_relied_on = query_.filter.min_age_days || query_.filter.max_age_days;
  log_.log(is_relied_on ? LogLevel::kWarning : LogLevel::kInfo,
           "{}: CREATED is the date of the push; --exact reads when images were created",
           kDockerHub);
}

void Hub::add_failure(std::string_view subject, std::string_view cause) {
  failures_.add(subject, cause);
  ++progress_.failures;
}

/// Throws if Docker Hub has never responded, or rejects the user, and nothing is known from before:
/// then nothing at all can be read.
void Hub::record_failure(const std::string& repository, const Error& error) {
  if (is_unanswered(error.kind())) {
    if (!api_.has_answered() && !answers_.are_used()) throw api_.explain(error);
    ++unanswered_;
  }
  const bool is_unauthorized = error.kind() == ErrorKind::kUnauthorized;
  if (is_unauthorized && api_.lacks_token() && !answers_.are_used()) throw api_.explain(error);
  const std::string advice = is_unauthorized ? fmt::format(" ({})", error.hint()) : "";
  add_failure(subject_of(repository), fmt::format("tag list: {}{}", error.what(), advice));
}

}  // namespace dkr
