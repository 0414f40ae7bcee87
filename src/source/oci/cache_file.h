// The SQLite database behind ImageCache.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/time.h"
#include "source/oci/cache.h"
#include "source/oci/cache_directory.h"
#include "source/oci/cached_answers.h"
#include "source/oci/sqlite.h"

namespace dkr {

/// An open cache file. Several processes may use it concurrently. All functions may throw
/// SqliteError, after which the object must not be used any more.
class CacheFile {
 public:
  /// What happens to the existing content of a file.
  enum class Content { kKeep, kDiscard };

  /// Opens the file at `path`. If it does not exist, it is created together with its directory,
  /// with access for the user only. Throws SqliteError kDamaged when it is not a cache file of this
  /// version, kOther when it is another program's; std::runtime_error when its directory or the
  /// file cannot be trusted (see CacheDirectory). `today` is in days since 1970-01-01.
  CacheFile(const std::string& path, std::int64_t today, Content content = Content::kKeep);

  /// See ImageCache.
  CachedRepository load(const CacheScope& scope);
  void store(const CacheScope& scope, const CachedRepository& updates,
             std::optional<std::span<const std::string>> current_tags);

  std::optional<CachedAnswer> answer(const std::string& registry, const std::string& question) {
    return answers_.find(registry, question);
  }
  /// Adds `answers` in one transaction, replacing existing ones. The first time, drops those to
  /// questions that were asked before `oldest`.
  void store(const AnswerTable& answers, Time oldest);

  /// Shrinks the file if it exceeds the limits.
  void shrink(const CacheLimits& limits);
  /// The size of the file in bytes.
  [[nodiscard]] std::uint64_t size() { return database_.size(); }

 private:
  /// Adds the scope, or marks it as used today, and returns its id.
  std::int64_t put_scope(const CacheScope& scope);
  void put_images(std::int64_t scope, const CachedRepository& updates);
  void put_indexes(std::int64_t scope, const CachedRepository& updates);
  void put_contents(std::int64_t scope, const CachedRepository& updates);
  Contents load_contents(std::int64_t scope);
  void drop_tags_except(std::int64_t scope, std::span<const std::string> current_tags);
  void drop_scopes(const std::vector<std::int64_t>& scopes, std::uint64_t target_bytes);

  CacheDirectory directory_;
  SqliteDatabase database_;
  std::int64_t today_;
  std::unordered_set<std::int64_t> used_;  // the scopes that this object has loaded or stored
  CachedAnswers answers_{database_};
  bool has_dropped_old_answers_ = false;

  SqliteStatement begin_ = database_.prepare("BEGIN");
  SqliteStatement begin_writing_ = database_.prepare("BEGIN IMMEDIATE");
  SqliteStatement commit_ = database_.prepare("COMMIT");
  SqliteStatement find_scope_ = database_.prepare(
      "SELECT id, seen FROM scopes WHERE registry = ? AND repository = ? AND platform = ?");
  SqliteStatement put_scope_ = database_.prepare(
      "INSERT INTO scopes (registry, repository, platform, seen) VALUES (?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET seen = excluded.seen RETURNING id");
  SqliteStatement images_ = database_.prepare(
      "SELECT digest, manifest, id, created, size, media_type, platform, dated FROM images "
      "WHERE scope = ?");
  SqliteStatement put_image_ = database_.prepare(
      "REPLACE INTO images "
      "(scope, digest, manifest, id, created, size, media_type, platform, dated) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  SqliteStatement children_ = database_.prepare(
      "SELECT parent, kind, child FROM children WHERE scope = ? ORDER BY parent, position");
  SqliteStatement put_child_ = database_.prepare(
      "REPLACE INTO children (scope, parent, kind, position, child) VALUES (?, ?, ?, ?, ?)");
  SqliteStatement drop_children_ =
      database_.prepare("DELETE FROM children WHERE scope = ? AND parent = ?");
  SqliteStatement contents_ =
      database_.prepare("SELECT digest, blobs FROM contents WHERE scope = ?");
  SqliteStatement put_content_ =
      database_.prepare("REPLACE INTO contents (scope, digest, blobs) VALUES (?, ?, ?)");
  SqliteStatement tags_ = database_.prepare("SELECT tag, digest FROM tags WHERE scope = ?");
  SqliteStatement put_tag_ =
      database_.prepare("REPLACE INTO tags (scope, tag, digest) VALUES (?, ?, ?)");
  SqliteStatement drop_tag_ = database_.prepare("DELETE FROM tags WHERE scope = ? AND tag = ?");
  SqliteStatement drop_untagged_children_ = database_.prepare(
      "DELETE FROM children WHERE scope = ?1 "
      "AND parent NOT IN (SELECT digest FROM tags WHERE scope = ?1) "
      "AND parent NOT IN (SELECT child FROM children WHERE scope = ?1 AND child <> parent)");
  SqliteStatement drop_untagged_images_ = database_.prepare(
      "DELETE FROM images WHERE scope = ?1 "
      "AND digest NOT IN (SELECT digest FROM tags WHERE scope = ?1) "
      "AND digest NOT IN (SELECT child FROM children WHERE scope = ?1 AND child <> parent)");
  SqliteStatement drop_untagged_contents_ = database_.prepare(
      "DELETE FROM contents WHERE scope = ?1 "
      "AND digest NOT IN (SELECT digest FROM tags WHERE scope = ?1) "
      "AND digest NOT IN (SELECT child FROM children WHERE scope = ?1 AND child <> parent)");
};

}  // namespace dkr
