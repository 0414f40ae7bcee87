// What a store answered, in this run and in earlier ones, that can change: lists of names, and what
// tags point to.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/log.h"
#include "base/time.h"
#include "source/oci/answer_ages.h"
#include "source/oci/cache.h"
#include "source/oci/content_store.h"
#include "source/oci/packed_answers.h"

namespace dkr {

/// Keeps whole answers in the cache, but for very large ones, and takes recent ones from there.
class RecentAnswers {
 public:
  /// An answer is recent if the question was sent at most `max_stale` ago; if that is absent, none
  /// is. `store` and `cache` must outlive this object.
  RecentAnswers(const ContentStore& store, ImageCache& cache,
                std::optional<std::chrono::minutes> max_stale)
      : store_(store), cache_(cache), ages_(max_stale) {}
  RecentAnswers(const RecentAnswers&) = delete;  // TagDigests refer to it
  RecentAnswers& operator=(const RecentAnswers&) = delete;

  /// The time to keep with an answer, before the question is sent.
  [[nodiscard]] Time now() const { return cache_.now(); }

  /// A recent answer; absent when there is none, or it is damaged.
  std::optional<std::vector<std::string>> repositories();
  std::optional<std::vector<std::string>> tags(const std::string& repository);

  /// Keep a complete list, unless there are invalid names in it.
  void keep_repositories(std::span<const std::string> names, Time asked);
  void keep_tags(const std::string& repository, std::span<const std::string> names, Time asked);
  /// Notes that there is no such repository any more.
  void forget_tags(const std::string& repository);

  /// Whether recent answers are used at all.
  [[nodiscard]] bool may_be_used() const { return ages_.may_be_used(); }
  /// Whether any tags were taken from the cache.
  [[nodiscard]] bool has_tags() const { return tag_lists_ > 0; }
  /// Says at INFO what was taken from the cache, if anything was.
  void report(Log& log) const;

 private:
  friend class TagDigests;

  std::optional<std::vector<std::string>> names(const std::string& question, IsName is_valid);
  void keep(std::string question, std::span<const std::string> names, IsName is_valid, Time asked);

  const ContentStore& store_;
  ImageCache& cache_;
  AnswerAges ages_;
  // What was taken from the cache.
  std::size_t catalogs_ = 0;
  std::size_t tag_lists_ = 0;
  std::size_t tags_ = 0;
};

/// What the tags of one repository point to.
class TagDigests {
 public:
  /// `answers` must outlive this object.
  TagDigests(RecentAnswers& answers, const std::string& repository)
      : answers_(answers), question_("digests/" + repository) {}
  TagDigests(const TagDigests&) = delete;  // earlier_ refers to content_
  TagDigests& operator=(const TagDigests&) = delete;

  /// The recent answer for `tag`; null when there is none. Valid until
  /// retain() or keep().
  [[nodiscard]] const TaggedDigest* find(std::string_view tag);
  /// Counts an answer from find() that was taken in place of asking.
  void note_taken(const TaggedDigest& tagged);

  /// Notes that `tag` points to `digest`; absent if there is no such tag.
  void note(const std::string& tag, const std::optional<Digest>& digest, Time asked);

  /// Forgets all tags but `current_tags`, which are sorted.
  void retain(std::span<const std::string> current_tags);

  /// Keeps what was noted, and earlier answers for other tags, in the cache. `current_tags`, which
  /// are sorted, are all tags of the repository; absent if there may be others. To be called last.
  void keep(std::optional<std::span<const std::string>> current_tags);

 private:
  std::vector<TaggedDigest>& earlier();

  RecentAnswers& answers_;
  std::string question_;
  bool is_loaded_ = false;
  std::string content_;
  std::vector<TaggedDigest> earlier_;  // sorted; its tags are in content_
  std::string noted_;                  // packed
  std::size_t noted_count_ = 0;
  std::vector<std::string> gone_;
  std::optional<Time> last_asked_;
};

}  // namespace dkr
