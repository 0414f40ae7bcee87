#include "source/oci/recent_answers.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "model/reference.h"
#include "source/oci/name.h"

namespace dkr {
namespace {

/// Larger answers are not kept, so that they need no memory.
constexpr std::size_t kMaxPackedBytes = std::size_t{8} << 20;

/// Some registries list digests among the tags.
bool is_tag_or_digest(std::string_view name) {
  return is_tag(name) || (name.find(':') != std::string_view::npos && is_printable(name));
}

bool contains(std::span<const std::string> sorted, std::string_view name) {
  return std::ranges::binary_search(sorted, name, {},
                                    [](const std::string& text) { return std::string_view(text); });
}

}  // namespace

std::optional<std::vector<std::string>> RecentAnswers::names(const std::string& question,
                                                             IsName is_valid) {
  if (!ages_.may_be_used()) return std::nullopt;
  const auto answer = cache_.answer(store_.answers_key(), question);
  if (!answer || !ages_.is_recent(answer->asked, now())) return std::nullopt;
  auto names = unpack_names(answer->content, is_valid);
  if (names) ages_.note_used(answer->asked);
  return names;
}

std::optional<std::vector<std::string>> RecentAnswers::repositories() {
  auto result = names(store_.catalog_key(), is_repository);
  if (result) ++catalogs_;
  return result;
}

std::optional<std::vector<std::string>> RecentAnswers::tags(const std::string& repository) {
  auto result = names("tags/" + repository, is_tag_or_digest);
  if (result) ++tag_lists_;
  return result;
}

void RecentAnswers::keep(std::string question, std::span<const std::string> names, IsName is_valid,
                         Time asked) {
  if (!std::ranges::all_of(names, is_valid)) return;
  auto packed = pack_names(names, kMaxPackedBytes);
  if (!packed) return;
  cache_.keep_answer(store_.answers_key(), std::move(question), {asked, std::move(*packed)});
}

void RecentAnswers::forget_tags(const std::string& repository) {
  constexpr const char* kNoList = "\n";  // no name is empty
  std::string question = "tags/" + repository;
  if (!cache_.answer(store_.answers_key(), question)) return;
  cache_.keep_answer(store_.answers_key(), std::move(question), {now(), kNoList});
}

void RecentAnswers::keep_repositories(std::span<const std::string> names, Time asked) {
  keep(store_.catalog_key(), names, is_repository, asked);
}

void RecentAnswers::keep_tags(const std::string& repository, std::span<const std::string> names,
                              Time asked) {
  keep("tags/" + repository, names, is_tag_or_digest, asked);
}

void RecentAnswers::report(Log& log) const {
  if (!ages_.are_used()) return;
  std::string what;
  const auto add = [&](std::string_view part) {
    if (!what.empty()) what += ", ";
    what += part;
  };
  if (catalogs_ > 0) add("the catalog");
  if (tag_lists_ > 0) add(counted(tag_lists_, "tag list", "tag lists"));
  if (tags_ > 0) add(counted(tags_, "tag", "tags"));
  if (const std::size_t last = what.rfind(", "); last != std::string::npos) {
    what.replace(last, 2, " and ");
  }
  log.info("{}: took {} from the cache; the oldest of these answers is {} old", store_.name(), what,
           ages_.oldest(now()));
}

std::vector<TaggedDigest>& TagDigests::earlier() {
  if (std::exchange(is_loaded_, true)) return earlier_;
  auto answer = answers_.cache_.answer(answers_.store_.answers_key(), question_);
  if (!answer) return earlier_;
  content_ = std::move(answer->content);
  if (auto digests = unpack_digests(content_)) earlier_ = std::move(*digests);
  return earlier_;
}

const TaggedDigest* TagDigests::find(std::string_view tag) {
  if (!answers_.ages_.may_be_used()) return nullptr;
  const auto found = std::ranges::lower_bound(earlier(), tag, {}, &TaggedDigest::tag);
  if (found == earlier_.end() || found->tag != tag ||
      !answers_.ages_.is_recent(found->asked, answers_.now())) {
    return nullptr;
  }
  return &*found;
}

void TagDigests::note_taken(const TaggedDigest& tagged) {
  ++answers_.tags_;
  answers_.ages_.note_used(tagged.asked);
}

void TagDigests::note(const std::string& tag, const std::optional<Digest>& digest, Time asked) {
  last_asked_ = std::max(last_asked_.value_or(asked), asked);
  ++noted_count_;
  if (!digest) return gone_.push_back(tag);
  if (noted_.size() <= kMaxPackedBytes) pack({tag, *digest, asked}, noted_);
}

void TagDigests::retain(std::span<const std::string> current_tags) {
  std::erase_if(earlier(),
                [&](const TaggedDigest& known) { return !contains(current_tags, known.tag); });
}

void TagDigests::keep(std::optional<std::span<const std::string>> current_tags) {
  if (!last_asked_) return;  // nothing is new
  if (!current_tags || noted_count_ < current_tags->size()) {
    if (current_tags) retain(*current_tags);
    const auto noted = unpack_digests(noted_);
    if (!noted) return;
    std::ranges::sort(gone_);
    const Time oldest = answers_.now() - kMaxAnswerAge;
    std::string others;  // apart, since `noted` refers to noted_
    for (const TaggedDigest& known : earlier()) {
      const bool is_noted = std::ranges::binary_search(*noted, known.tag, {}, &TaggedDigest::tag);
      if (!is_noted && !contains(gone_, known.tag) && known.asked >= oldest) pack(known, others);
    }
    noted_ += others;
  }
  if (noted_.size() > kMaxPackedBytes) return;
  answers_.cache_.keep_answer(answers_.store_.answers_key(), std::move(question_),
                              {*last_asked_, std::move(noted_)});
}

}  // namespace dkr
