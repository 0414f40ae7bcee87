// The images that tags of registries point at, kept on disk between runs. Content with a digest
// never changes, so the next listing only has to ask what each tag points at.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "base/digest.h"
#include "base/log.h"
#include "base/time.h"
#include "base/world.h"
#include "model/media_type.h"
#include "model/platform.h"

namespace dkr {

class CacheFile;

/// The image for one platform behind a digest that tags point at.
struct CachedImage {
  /// Of the platform's manifest; of an index that has no manifest for the platform, the index's
  /// own.
  Digest manifest;
  std::optional<Digest> id = {};           ///< of the config; absent when there is none
  std::optional<Time> created = {};        ///< absent when unknown
  std::optional<std::uint64_t> size = {};  ///< in bytes that a pull transfers; absent when unknown
  MediaType media_type = MediaType::kUnknown;  ///< of what the tag points at
  std::optional<Platform> platform =
      {};  ///< of the manifest, as its index says; absent without one

  friend bool operator==(const CachedImage&, const CachedImage&) = default;
};

/// What is cached of one repository, for one platform.
struct CachedRepository {
  /// The digest that each tag pointed at when the registry was last asked. Tags move, so it is only
  /// good for asking whether it is still the same (If-None-Match).
  std::map<std::string, Digest, std::less<>> tags;
  /// By the digest that tags point at.
  std::unordered_map<Digest, CachedImage> images;
};

/// What cached content belongs to. Scopes share nothing: whoever got a digest from a repository may
/// see what that repository said about it, and nothing else.
struct CacheScope {
  std::string registry;  ///< with its user
  std::string repository;
  std::string platform;  ///< that was asked for, which decides what an index stands for
};

/// How large the file of the cache may be when the cache is closed.
struct CacheLimits {
  /// A larger file loses scopes, those first that were not used for the longest time, but none that
  /// was used within the last `recent` days.
  std::uint64_t soft_bytes = 100'000'000;
  std::chrono::days recent{7};
  /// A file that is still larger than this loses them whatever their age, and those that this
  /// object has loaded or stored only when no others are left.
  std::uint64_t hard_bytes = 1'000'000'000;
};

/// A file that any number of processes may use at once. When something goes wrong with it, a
/// WARNING in the log says so, once; from then on nothing is found and nothing is kept.
class ImageCache {
 public:
  /// Uses the file at `path`, which is created with its directory when it is first needed; without
  /// a path nothing is cached. `clock` and `log` must outlive this object.
  ImageCache(std::string path, const Clock& clock, Log& log, CacheLimits limits = {});
  /// Makes the file smaller if it exceeds the limits and this object has stored something.
  ~ImageCache();
  ImageCache(const ImageCache&) = delete;
  ImageCache& operator=(const ImageCache&) = delete;

  /// What is cached of `scope`: only tags whose image is there as well.
  CachedRepository load(const CacheScope& scope);

  /// Adds `updates` to what is cached of `scope`, all of them or nothing, and replaces what is
  /// there already. `current_tags`, in any order, are all tags that the repository has: others are
  /// dropped, and then the images that no tag points at. Nothing is dropped when they are absent,
  /// as they have to be when the list of tags may be incomplete. An image is left out when its size
  /// exceeds 2^63 - 1, or a part of its platform holds a slash.
  void store(const CacheScope& scope, const CachedRepository& updates,
             std::optional<std::span<const std::string>> current_tags = std::nullopt);

 private:
  template <typename Use>
  void attempt(Use use);

  std::string path_;  // empty: disabled
  const Clock& clock_;
  Log& log_;
  CacheLimits limits_;
  std::unique_ptr<CacheFile> file_;  // absent before its first use
  bool has_stored_ = false;
};

/// The file of the cache: dkr-ls/registries-2.sqlite in $XDG_CACHE_HOME, else in ~/.cache; empty
/// when the environment names neither.
std::string cache_path(const Environment& environment);

}  // namespace dkr
