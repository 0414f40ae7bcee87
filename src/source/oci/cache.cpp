#include "source/oci/cache.h"

#include <exception>
#include <utility>

#include "source/oci/cache_file.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxUnwrittenBytes = std::size_t{1} << 20;

}  // namespace

ImageCache::ImageCache(std::string path, const Clock& clock, Log& log, CacheLimits limits)
    : path_(std::move(path)), clock_(clock), log_(log), limits_(limits) {}

ImageCache::~ImageCache() {
  write_answers();
  if (has_stored_) attempt([&](CacheFile& file) { file.shrink(limits_); });
}

CachedRepository ImageCache::load(const CacheScope& scope) {
  CachedRepository cached;
  attempt([&](CacheFile& file) { cached = file.load(scope); });
  return cached;
}

void ImageCache::store(const CacheScope& scope, const CachedRepository& updates,
                       std::optional<std::span<const std::string>> current_tags) {
  attempt([&](CacheFile& file) {
    file.store(scope, updates, current_tags);
    limit_size(file);
  });
}

std::optional<CachedAnswer> ImageCache::answer(const std::string& registry,
                                               const std::string& question) {
  std::optional<CachedAnswer> answer;
  if (const auto found = unwritten_.find({registry, question}); found != unwritten_.end()) {
    answer = found->second;
  } else {
    attempt([&](CacheFile& file) { answer = file.answer(registry, question); });
  }
  if (answer && answer->asked < now() - kMaxAnswerAge) answer.reset();
  return answer;
}

void ImageCache::keep_answer(const std::string& registry, std::string question,
                             CachedAnswer answer) {
  if (path_.empty()) return;
  unwritten_bytes_ += registry.size() + question.size() + answer.content.size();
  unwritten_.insert_or_assign({registry, std::move(question)}, std::move(answer));
  if (unwritten_bytes_ >= kMaxUnwrittenBytes) write_answers();
}

void ImageCache::write_answers() {
  if (unwritten_.empty()) return;
  attempt([&](CacheFile& file) {
    file.store(unwritten_, now() - kMaxAnswerAge);
    limit_size(file);
  });
  unwritten_.clear();
  unwritten_bytes_ = 0;
}

/// After something was stored. Runs that are interrupted never get to the destructor.
void ImageCache::limit_size(CacheFile& file) {
  const bool is_first = !std::exchange(has_stored_, true);
  if (is_first || file.size() > limits_.hard_bytes) file.shrink(limits_);
}

/// Opens the file if necessary and calls `use`, a second time if the file had to be emptied. Any
/// other error disables the cache; closing the file rolls back an open transaction.
template <typename Use>
void ImageCache::attempt(Use use) {
  if (path_.empty()) return;
  const auto open = [&](CacheFile::Content content) -> CacheFile& {
    const auto today = std::chrono::floor<std::chrono::days>(clock_.now());
    file_ = std::make_unique<CacheFile>(path_, today.time_since_epoch().count(), content);
    return *file_;
  };
  try {
    try {
      use(file_ ? *file_ : open(CacheFile::Content::kKeep));
    } catch (const SqliteError& error) {
      if (error.kind() != SqliteError::Kind::kDamaged || std::exchange(is_emptied_, true)) throw;
      file_.reset();
      CacheFile& emptied = open(CacheFile::Content::kDiscard);
      log_.warn("cache {}: {}; starting with an empty one", path_, error.what());
      use(emptied);
    }
  } catch (const std::exception& error) {
    log_.warn("cache {}: {}; going on without it", path_, error.what());
    file_.reset();
    path_.clear();
  }
}

std::string cache_path(const Environment& environment) {
  constexpr const char* kFile =
      "/dkr-ls/registries-1.sqlite";  // the number changes with the layout
  if (const auto cache = environment.get("XDG_CACHE_HOME"); cache && cache->starts_with('/')) {
    return *cache + kFile;
  }
  if (const auto home = environment.get("HOME")) return *home + "/.cache" + kFile;
  return "";
}

}  // namespace dkr
