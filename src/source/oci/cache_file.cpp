#include "source/oci/cache_file.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "source/oci/packed_blobs.h"

namespace dkr {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kApplicationId = 0x646b726c;  // "dkrl"
constexpr std::int64_t kLayout = 1;                  // also in the name of the file

// The kinds of children.
constexpr std::int64_t kManifest = 0;
constexpr std::int64_t kAttestation = 1;
constexpr std::int64_t kNoChild = 2;  // the index itself, which lists nothing

// A SHA-256 digest is a blob of 32 bytes, any other digest is text. `seen` is the day of the last
// use, in days since 1970-01-01. `manifest` is NULL if it is the same as `digest`. `blobs` are
// as in packed_blobs.h.
constexpr const char* kTables[] = {
    ("CREATE TABLE scopes (id INTEGER PRIMARY KEY, registry TEXT NOT NULL, "
     "repository TEXT NOT NULL, platform TEXT NOT NULL, seen INTEGER NOT NULL, "
     "UNIQUE (registry, repository, platform))"),
    ("CREATE TABLE images (scope INTEGER NOT NULL, digest BLOB NOT NULL, manifest BLOB, id BLOB, "
     "created INTEGER, size INTEGER, media_type INTEGER NOT NULL, platform TEXT, "
     "dated INTEGER NOT NULL, PRIMARY KEY (scope, digest)) WITHOUT ROWID"),
    ("CREATE TABLE children (scope INTEGER NOT NULL, parent BLOB NOT NULL, "
     "kind INTEGER NOT NULL, position INTEGER NOT NULL, child BLOB NOT NULL, "
     "PRIMARY KEY (scope, parent, kind, position)) "
     "WITHOUT ROWID"),
    ("CREATE TABLE contents (scope INTEGER NOT NULL, digest BLOB NOT NULL, blobs BLOB NOT NULL, "
     "PRIMARY KEY (scope, digest)) WITHOUT ROWID"),
    ("CREATE TABLE tags (scope INTEGER NOT NULL, tag TEXT NOT NULL, digest BLOB NOT NULL, "
     "PRIMARY KEY (scope, tag)) WITHOUT ROWID"),
    CachedAnswers::kTable,
};

bool is_empty(SqliteDatabase& database) {
  return database.number("PRAGMA application_id") == 0 &&
         database.number("PRAGMA user_version") == 0 &&
         database.number("SELECT EXISTS (SELECT * FROM sqlite_schema)") == 0;
}

/// Whether the database has our tables and nothing else, such as triggers, which would run.
bool has_our_tables(SqliteDatabase& database) {
  std::vector<std::string> tables;
  SqliteStatement schema = database.prepare("SELECT sql FROM sqlite_schema ORDER BY rowid");
  while (schema.step()) {
    if (!schema.is_null(0)) tables.emplace_back(schema.text(0).value_or(""));  // not of an index
  }
  return std::ranges::equal(tables, kTables);
}

void create_tables(SqliteDatabase& database) {
  database.execute("PRAGMA application_id = 0x646b726c; PRAGMA user_version = 1");
  for (const char* const table : kTables) database.execute(table);
}

SqliteDatabase open(const CacheDirectory& directory, const std::string& name,
                    CacheFile::Content content) {
  directory.require_trusted(name);
  SqliteDatabase database(directory.descriptor(), name);
  if (content == CacheFile::Content::kDiscard) database.clear();
  // A negative cache_size is in KiB; journal_size_limit is in bytes.
  database.execute(
      "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -2000; "
      "PRAGMA journal_size_limit = 4000000;");
  if (is_empty(database)) {
    // auto_vacuum must be set before any table exists, journal_mode outside a transaction.
    database.execute(
        "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE");
    if (is_empty(database)) create_tables(database);  // unless another process was faster
    database.execute("COMMIT");
  }
  if (database.number("PRAGMA application_id") != kApplicationId) {
    throw SqliteError("the file was made by another program");
  }
  if (database.number("PRAGMA user_version") != kLayout || !has_our_tables(database)) {
    throw SqliteError("its tables are not those of this version", SqliteError::Kind::kDamaged);
  }
  return database;
}

void bind_digest(SqliteStatement& statement, int parameter, const std::optional<Digest>& digest) {
  if (!digest) {
    statement.bind_null(parameter);
  } else if (const std::string_view bytes = digest->sha256_bytes(); !bytes.empty()) {
    statement.bind_blob(parameter, bytes);
  } else {
    statement.bind(parameter, digest->text());
  }
}

// Other programs may have written to the file, so its content is not trusted.

std::optional<Digest> digest_in(const SqliteStatement& row, int column) {
  std::array<std::uint8_t, 32> bytes{};
  if (const auto blob = row.blob(column); blob && blob->size() == bytes.size()) {
    std::ranges::copy(*blob, bytes.begin());
    return Digest(bytes);
  }
  if (const auto text = row.text(column); text && is_digest(*text)) return Digest(*text);
  return std::nullopt;
}

std::optional<MediaType> media_type_in(const SqliteStatement& row, int column) {
  constexpr auto kLast = static_cast<std::int64_t>(MediaType::kOciArtifact);
  const std::int64_t number = row.number(column).value_or(-1);
  if (number < 0 || number > kLast) return std::nullopt;
  return static_cast<MediaType>(number);
}

/// The inverse of to_string(). Unlike parse_platform(), it accepts any words that an index may use.
Platform read_platform(std::string_view text) {
  std::array<std::string, 3> parts;
  for (std::string& part : parts) {
    const std::size_t end = std::min(text.find('/'), text.size());
    part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {std::move(parts[0]), std::move(parts[1]), std::move(parts[2])};
}

/// The image in the columns after the first, which contains `digest`; absent when it is not valid.
std::optional<CachedImage> image_in(const SqliteStatement& row, const Digest& digest) {
  const auto manifest = row.is_null(1) ? digest : digest_in(row, 1);
  const auto id = digest_in(row, 2);
  const auto created = row.number(3);
  const auto size = row.number(4);
  const auto media_type = media_type_in(row, 5);
  const auto platform = row.text(6);
  const auto dated = row.number(7);
  if (!manifest || (!id && !row.is_null(2)) || size.value_or(0) < 0 || !media_type || !dated) {
    return std::nullopt;
  }
  CachedImage image{*manifest, id, std::nullopt, std::nullopt, *media_type, std::nullopt};
  if (created) image.created = Time(std::chrono::seconds(*created));
  if (size) image.size = static_cast<std::uint64_t>(*size);
  if (platform) image.platform = read_platform(*platform);
  image.is_dated = *dated != 0;
  return image;
}

}  // namespace

CacheFile::CacheFile(const std::string& path, std::int64_t today, Content content)
    : directory_(fs::path(path).parent_path()),
      database_(open(directory_, fs::path(path).filename(), content)),
      today_(today) {}

CachedRepository CacheFile::load(const CacheScope& scope) {
  CachedRepository cached;
  begin_.run();  // so that another process cannot drop the scope between two statements
  find_scope_.bind(1, scope.registry).bind(2, scope.repository).bind(3, scope.platform);
  if (!find_scope_.step()) {
    commit_.run();
    return cached;
  }
  const std::int64_t id = find_scope_.number(0).value_or(0);
  const bool was_seen_today = find_scope_.number(1) == today_;
  find_scope_.reset();
  used_.insert(id);
  for (images_.bind(1, id); images_.step();) {
    const auto digest = digest_in(images_, 0);
    auto image = digest ? image_in(images_, *digest) : std::nullopt;
    if (image) cached.images.insert_or_assign(*digest, std::move(*image));
  }
  for (children_.bind(1, id); children_.step();) {
    const auto parent = digest_in(children_, 0);
    const auto child = digest_in(children_, 2);
    if (!parent || !child) continue;
    IndexContent& index = cached.indexes[*parent];
    if (children_.number(1) == kManifest) index.manifests.push_back(*child);
    if (children_.number(1) == kAttestation) index.attestations.push_back(*child);
  }
  cached.contents = load_contents(id);
  for (tags_.bind(1, id); tags_.step();) {
    const auto tag = tags_.text(0);
    auto digest = digest_in(tags_, 1);
    if (tag && digest && cached.images.contains(*digest)) {
      cached.tags.insert_or_assign(std::string(*tag), std::move(*digest));
    }
  }
  commit_.run();
  if (!was_seen_today) put_scope(scope);
  return cached;
}

Contents CacheFile::load_contents(std::int64_t scope) {
  Contents contents;
  ContentsBuilder builder(contents);
  for (contents_.bind(1, scope); contents_.step();) {
    const auto digest = digest_in(contents_, 0);
    const auto packed = contents_.blob(1);
    const auto blobs = packed ? unpack(*packed) : std::nullopt;
    if (digest && blobs) builder.add(*digest, *blobs);
  }
  // Manifests that contradict each other may have been stored by different runs.
  std::erase_if(contents.by_manifest,
                [&](const auto& entry) { return !builder.is_consistent(entry.second); });
  return contents;
}

std::int64_t CacheFile::put_scope(const CacheScope& scope) {
  put_scope_.bind(1, scope.registry).bind(2, scope.repository).bind(3, scope.platform);
  put_scope_.bind(4, today_).step();
  const std::int64_t id = put_scope_.number(0).value_or(0);
  put_scope_.run();
  used_.insert(id);
  return id;
}

void CacheFile::store(const CacheScope& scope, const CachedRepository& updates,
                      std::optional<std::span<const std::string>> current_tags) {
  begin_writing_.run();
  const std::int64_t id = put_scope(scope);
  put_images(id, updates);
  put_indexes(id, updates);
  put_contents(id, updates);
  put_tag_.bind(1, id);
  for (const auto& [tag, digest] : updates.tags) {
    bind_digest(put_tag_.bind(2, tag), 3, digest);
    put_tag_.run();
  }
  if (current_tags) drop_tags_except(id, *current_tags);
  commit_.run();
}

void CacheFile::put_images(std::int64_t scope, const CachedRepository& updates) {
  constexpr auto kMaxSize = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  // Sorted like the table, so that storing a large repository visits each page once.
  std::vector<const std::pair<const Digest, CachedImage>*> sorted;
  for (const auto& entry : updates.images) sorted.push_back(&entry);
  std::ranges::sort(sorted, {}, [](const auto* entry) -> const Digest& { return entry->first; });
  put_image_.bind(1, scope);
  for (const auto* entry : sorted) {
    const auto& [digest, image] = *entry;
    if (image.size > kMaxSize) continue;
    std::optional<std::string> platform;
    if (image.platform) platform = to_string(*image.platform);
    if (platform && read_platform(*platform) != image.platform) continue;
    std::optional<Digest> manifest;
    if (image.manifest != digest) manifest = image.manifest;
    std::optional<std::int64_t> created;
    if (image.created) created = image.created->time_since_epoch().count();
    std::optional<std::int64_t> size;
    if (image.size) size = static_cast<std::int64_t>(*image.size);
    bind_digest(put_image_, 2, digest);
    bind_digest(put_image_, 3, manifest);
    bind_digest(put_image_, 4, image.id);
    put_image_.bind(5, created).bind(6, size).bind(8, platform);
    put_image_.bind(7, static_cast<std::int64_t>(image.media_type));
    put_image_.bind(9, std::int64_t{image.is_dated ? 1 : 0});
    put_image_.run();
  }
}

void CacheFile::put_indexes(std::int64_t scope, const CachedRepository& updates) {
  const auto put = [&](std::int64_t kind, std::span<const Digest> digests) {
    std::int64_t position = 0;
    for (const Digest& digest : digests) {
      bind_digest(put_child_.bind(3, kind).bind(4, position++), 5, digest);
      put_child_.run();
    }
  };
  drop_children_.bind(1, scope);
  put_child_.bind(1, scope);
  for (const auto& [parent, index] : updates.indexes) {
    bind_digest(drop_children_, 2, parent);
    drop_children_.run();
    bind_digest(put_child_, 2, parent);
    put(kManifest, index.manifests);
    put(kAttestation, index.attestations);
    if (index == IndexContent{}) put(kNoChild, std::span(&parent, 1));
  }
}

void CacheFile::put_contents(std::int64_t scope, const CachedRepository& updates) {
  put_content_.bind(1, scope);
  std::string packed;
  for (const auto& [digest, blobs] : updates.contents.by_manifest) {
    packed.clear();
    for (const std::uint32_t blob : blobs) pack(updates.contents.blobs[blob], packed);
    bind_digest(put_content_, 2, digest);
    put_content_.bind_blob(3, packed);
    put_content_.run();
  }
}

void CacheFile::drop_tags_except(std::int64_t scope, std::span<const std::string> current_tags) {
  std::vector<std::string_view> current(current_tags.begin(), current_tags.end());
  std::ranges::sort(current);
  std::vector<std::string> gone;
  for (tags_.bind(1, scope); tags_.step();) {
    const auto tag = tags_.text(0);
    if (tag && !std::ranges::binary_search(current, *tag)) gone.emplace_back(*tag);
  }
  drop_tag_.bind(1, scope);
  for (const std::string& tag : gone) drop_tag_.bind(2, tag).run();
  drop_untagged_children_.bind(1, scope).run();
  drop_untagged_images_.bind(1, scope).run();
  drop_untagged_contents_.bind(1, scope).run();
}

void CacheFile::store(const AnswerTable& answers, Time oldest) {
  begin_writing_.run();
  if (!std::exchange(has_dropped_old_answers_, true)) answers_.drop_before(oldest);
  answers_.put(answers);
  commit_.run();
}

void CacheFile::shrink(const CacheLimits& limits) {
  if (size() <= limits.soft_bytes) return;
  std::vector<std::int64_t> old;
  std::vector<std::int64_t> recent;
  std::vector<std::int64_t> used;
  SqliteStatement scopes = database_.prepare("SELECT id, seen FROM scopes ORDER BY seen, id");
  while (scopes.step()) {
    const std::int64_t id = scopes.number(0).value_or(0);
    const bool is_old = scopes.number(1).value_or(0) < today_ - limits.recent.count();
    (used_.contains(id) ? used : is_old ? old : recent).push_back(id);
  }
  const std::chrono::sys_days today{std::chrono::days(today_)};
  answers_.drop_oldest(today - limits.recent, limits.soft_bytes);
  drop_scopes(old, limits.soft_bytes);
  if (size() > limits.hard_bytes) {
    // With some room, so that a run that goes on storing does not come back here each time.
    const std::uint64_t target = limits.hard_bytes - limits.hard_bytes / 8;
    answers_.drop_oldest(Time::max(), target);
    drop_scopes(recent, target);
    drop_scopes(used, target);
  }
  // In small steps, so that other processes do not wait long for the lock.
  std::int64_t free = database_.number("PRAGMA freelist_count");
  for (std::int64_t before = free + 1; free > 0 && free < before;) {
    database_.execute("PRAGMA incremental_vacuum(1000)");
    before = std::exchange(free, database_.number("PRAGMA freelist_count"));
  }
  database_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

/// Uses one transaction per scope, so that other processes do not wait long for the lock.
void CacheFile::drop_scopes(const std::vector<std::int64_t>& scopes, std::uint64_t target_bytes) {
  SqliteStatement drop_images = database_.prepare("DELETE FROM images WHERE scope = ?");
  SqliteStatement drop_children = database_.prepare("DELETE FROM children WHERE scope = ?");
  SqliteStatement drop_contents = database_.prepare("DELETE FROM contents WHERE scope = ?");
  SqliteStatement drop_tags = database_.prepare("DELETE FROM tags WHERE scope = ?");
  SqliteStatement drop_scope = database_.prepare("DELETE FROM scopes WHERE id = ?");
  for (const std::int64_t id : scopes) {
    if (database_.used_bytes() <= target_bytes) return;
    begin_writing_.run();
    drop_images.bind(1, id).run();
    drop_children.bind(1, id).run();
    drop_contents.bind(1, id).run();
    drop_tags.bind(1, id).run();
    drop_scope.bind(1, id).run();
    commit_.run();
  }
}

}  // namespace dkr
