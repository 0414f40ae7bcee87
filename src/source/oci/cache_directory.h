// The directory that holds the cache. It is opened once, and its files are only reached through it,
// so that replacing a part of its path has no effect afterwards.
#pragma once

#include <string>

namespace dkr {

/// Functions throw std::runtime_error, whose message names the cause but not the path.
class CacheDirectory {
 public:
  /// Opens the directory at `path`; creates it, for the user only, and its parents if necessary.
  /// Throws when it cannot, when `path` itself is a symbolic link, or when the directory belongs to
  /// another user or others can write to it.
  explicit CacheDirectory(const std::string& path);
  ~CacheDirectory();
  CacheDirectory(const CacheDirectory&) = delete;
  CacheDirectory& operator=(const CacheDirectory&) = delete;

  /// Throws unless the file `name`, and each of SQLite's own files for it, is absent or a regular
  /// file that belongs to the user and that nobody else can write to.
  void require_trusted(const std::string& name) const;

  /// The open directory, which this object owns.
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace dkr
