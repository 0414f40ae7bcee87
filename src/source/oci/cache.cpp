#include "source/oci/cache.h"

#include <exception>
#include <utility>

#include "source/oci/cache_file.h"

namespace dkr {

ImageCache::ImageCache(std::string path, const Clock& clock, Log& log, CacheLimits limits)
    : path_(std::move(path)), clock_(clock), log_(log), limits_(limits) {}

ImageCache::~ImageCache() {
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
    has_stored_ = true;
  });
}

/// Opens the file if necessary and calls `use`. Any error disables the cache; closing the file
/// rolls back an open transaction.
template <typename Use>
void ImageCache::attempt(Use use) {
  if (path_.empty()) return;
  try {
    if (!file_) {
      const auto today = std::chrono::floor<std::chrono::days>(clock_.now());
      file_ = std::make_unique<CacheFile>(path_, today.time_since_epoch().count());
    }
    use(*file_);
  } catch (const std::exception& error) {
    log_.warn("cache {}: {}; going on without it", path_, error.what());
    file_.reset();
    path_.clear();
  }
}

std::string cache_path(const Environment& environment) {
  constexpr const char* kFile =
      "/dkr-ls/registries-2.sqlite";  // the number changes with the layout
  if (const auto cache = environment.get("XDG_CACHE_HOME"); cache && cache->starts_with('/')) {
    return *cache + kFile;
  }
  if (const auto home = environment.get("HOME")) return *home + "/.cache" + kFile;
  return "";
}

}  // namespace dkr
