// Answers of Docker Hub's own API that are kept in the cache.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/time.h"
#include "source/hub/pages.h"
#include "source/oci/answer_ages.h"
#include "source/oci/cache.h"

namespace dkr {

class HubAnswers {
 public:
  /// `key` identifies the API and its user. Answers that are older than `max_stale` are not used;
  /// absent: none are.
  HubAnswers(std::shared_ptr<ImageCache> cache, std::string key,
             std::optional<std::chrono::minutes> max_stale)
      : cache_(std::move(cache)), key_(std::move(key)), ages_(max_stale) {}

  /// Reads the list that was kept for `question` into `pages`. Returns false if there is no usable
  /// list; `pages` must not be used then.
  bool recall(const std::string& question, HubPages& pages);

  /// The time, for keep().
  [[nodiscard]] Time now() const { return cache_->now(); }
  /// Whether keep() has an effect.
  [[nodiscard]] bool may_be_kept() const { return !cache_->is_disabled(); }
  /// Larger answers are not worth the memory that keeping them takes.
  static constexpr std::size_t kMaxBytes = std::size_t{8} << 20;
  /// Keeps `page`, a page with all entries of a list, which was asked for at `asked`.
  void keep(std::string question, Time asked, std::string page);

  /// Notes that what `question` asks for does not exist any more.
  void forget(std::string question);

  /// Whether any list came from the cache.
  [[nodiscard]] bool are_used() const { return used_ > 0; }
  /// Says at INFO how many lists came from the cache, if any did.
  void report(Log& log) const;

 private:
  std::shared_ptr<ImageCache> cache_;
  std::string key_;
  AnswerAges ages_;
  std::size_t used_ = 0;
};

}  // namespace dkr
