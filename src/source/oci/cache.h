// A disk cache of the images that registries' tags point to. Content addressed by a digest is
// immutable, so the next listing only has to ask which digest each tag points to.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/digest.h"
#include "base/log.h"
#include "base/time.h"
#include "base/world.h"
#include "model/contents.h"
#include "model/index_content.h"
#include "model/media_type.h"
#include "model/platform.h"
#include "source/oci/cached_answers.h"

namespace dkr {

class CacheFile;

/// The image for one platform that a digest stands for.
struct CachedImage {
  /// The digest of its manifest; for an index that lists no manifests, the digest of the index.
  Digest manifest;
  std::optional<Digest> id = {};           ///< the digest of the config; absent if there is none
  std::optional<Time> created = {};        ///< absent when unknown
  std::optional<std::uint64_t> size = {};  ///< the bytes that a pull transfers; absent when unknown
  MediaType media_type = MediaType::kUnknown;  ///< of the manifest or index that tags point to
  std::optional<Platform> platform =
      {};                ///< of the manifest, as its index says; absent without one
  bool is_dated = true;  ///< whether `created` has been looked for

  friend bool operator==(const CachedImage&, const CachedImage&) = default;
};

/// The cached content of one repository, for one platform.
struct CachedRepository {
  /// The digest that each tag pointed to at the last request. Tags can move, so it must be
  /// revalidated with the registry (If-None-Match).
  std::map<std::string, Digest, std::less<>> tags;
  /// By the digest that tags point to. With all platforms, also by those of the manifests in
  /// indexes, and an index then stands for no image: only its media type is known.
  std::unordered_map<Digest, CachedImage> images;
  /// Only of indexes and manifests that some query needed.
  IndexTable indexes = {};
  Contents contents = {};
};

/// Identifies what cached content belongs to. Scopes share nothing, since knowing a digest must not
/// give access to what another user or repository returned for it.
struct CacheScope {
  std::string registry;  ///< including the user
  std::string repository;
  /// The one requested, which decides the image that an index stands for; `all` for all of them.
  std::string platform;
};

/// Limits on the size of the cache file, enforced after something was stored for the first time and
/// when the cache is closed.
struct CacheLimits {
  /// Above this size, the oldest answers, then the least recently used scopes are dropped, but none
  /// that was asked for or used within `recent`.
  std::uint64_t soft_bytes = 100'000'000;
  std::chrono::days recent{7};
  /// Above this size, answers, then scopes are dropped regardless of their age, those scopes that
  /// this object has loaded or stored last. Enforced whenever something was stored.
  std::uint64_t hard_bytes = 1'000'000'000;
};

/// Answers that are older are not used.
inline constexpr std::chrono::days kMaxAnswerAge{30};

/// Any number of processes may use the same file concurrently. A damaged file is emptied once, with
/// a WARNING. If an operation fails in another way, or the file cannot be trusted (see
/// CacheDirectory), a WARNING is logged, and from then on the cache is empty and stores nothing.
class ImageCache {
 public:
  /// Uses the file at `path`, which is created with its directory when it is first needed. If
  /// `path` is empty, nothing is cached. `clock` and `log` must outlive this object.
  ImageCache(std::string path, const Clock& clock, Log& log, CacheLimits limits = {});
  /// Writes answers, and enforces the limits if this object has stored something.
  ~ImageCache();
  ImageCache(const ImageCache&) = delete;
  ImageCache& operator=(const ImageCache&) = delete;

  /// The cached content of `scope`. Tags whose image is not cached are omitted.
  CachedRepository load(const CacheScope& scope);

  /// Adds `updates` to `scope` in one transaction, replacing existing entries. `current_tags`, in
  /// any order, are all tags that the repository has; other tags are dropped, and then the images
  /// that no tag points to. If the list of tags may be incomplete, `current_tags` must be absent,
  /// and nothing is dropped. Images are skipped if their size exceeds 2^63 - 1 or a part of their
  /// platform contains a slash.
  void store(const CacheScope& scope, const CachedRepository& updates,
             std::optional<std::span<const std::string>> current_tags = std::nullopt);

  /// The latest answer of `registry`, which includes the user, to `question`; absent when none is
  /// known, or it is older than kMaxAnswerAge. Anybody may have written its content.
  std::optional<CachedAnswer> answer(const std::string& registry, const std::string& question);

  /// Keeps an answer in place of the one before. Answers are written together, the last of them
  /// when this object ends.
  void keep_answer(const std::string& registry, std::string question, CachedAnswer answer);
  /// Writes those that are not yet written.
  void write_answers();

  /// Whether nothing is kept.
  [[nodiscard]] bool is_disabled() const { return path_.empty(); }

  /// The time by the clock that this object was given.
  [[nodiscard]] Time now() const { return clock_.now(); }

 private:
  template <typename Use>
  void attempt(Use use);
  void limit_size(CacheFile& file);

  std::string path_;  // empty: disabled
  const Clock& clock_;
  Log& log_;
  CacheLimits limits_;
  std::unique_ptr<CacheFile> file_;  // absent before its first use
  bool has_stored_ = false;
  bool is_emptied_ = false;  // because it was damaged
  AnswerTable unwritten_;
  std::size_t unwritten_bytes_ = 0;
};

/// The path of the cache file: dkr-ls/registries-1.sqlite in $XDG_CACHE_HOME if that is absolute,
/// else in ~/.cache; empty when HOME is not set either.
std::string cache_path(const Environment& environment);

}  // namespace dkr
