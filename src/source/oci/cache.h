// What a registry has said of its images and can never change, kept on disk by SQLite, so that the
// next listing has to ask for nothing but what every tag points at.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/world.h"

struct sqlite3;
struct sqlite3_stmt;

namespace dkr {

/// An image that a digest stands for; digests, as ever, with their algorithm.
struct CachedImage {
  /// Of the platform's manifest; of an index that has no such manifest, its own.
  std::string manifest;
  std::optional<std::string> id;  ///< of the config
  std::optional<Time> created;
  std::optional<std::uint64_t> size;

  friend bool operator==(const CachedImage&, const CachedImage&) = default;
};

/// What is known of one repository, for one platform.
struct CachedRepository {
  /// The digest that each tag pointed at when it was last asked for: a guess, for If-None-Match.
  std::map<std::string, std::string, std::less<>> tags;
  /// By the digest that tags point at.
  std::map<std::string, CachedImage, std::less<>> images;
};

/// Safe to use by many processes at once, and bounded: what was not listed for the longest time
/// goes. Everything is kept apart by registry, which stands for its user as well, and repository:
/// whoever was told a digest by a repository may know what that repository said about it, and
/// nothing else. Whatever goes wrong
/// with the file is said in the log, once and at WARNING; from then on nothing is known and nothing
/// is kept.
class ImageCache {
 public:
  /// Keeps the cache in the file at `path`, made with its directory when it is not there; an empty
  /// path means no cache. Opened when first used. `clock` and `log` must outlive this object.
  ImageCache(std::string path, const Clock& clock, Log& log);
  ~ImageCache();
  ImageCache(const ImageCache&) = delete;
  ImageCache& operator=(const ImageCache&) = delete;

  CachedRepository load(const std::string& registry, const std::string& repository,
                        const std::string& platform);

  /// Adds to what is known of a repository, all of it or nothing.
  void store(const std::string& registry, const std::string& repository,
             const std::string& platform, const CachedRepository& news);

 private:
  class Statement;
  bool is_usable();
  void open();
  void execute(const char* sql);
  void bury(const std::string& cause);
  void refresh(const std::string& registry, const std::string& repository);
  void remove_oldest();

  std::string path_;
  const Clock& clock_;
  Log& log_;
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
  bool has_stored_ = false;
};

/// Where the cache is: dkr-ls/registries-1.sqlite in $XDG_CACHE_HOME, else in ~/.cache; empty when
/// the environment names no home.
std::string cache_path(const Environment& environment);

}  // namespace dkr
