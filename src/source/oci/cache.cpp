#include "source/oci/cache.h"

#include <array>
#include <chrono>
#include <filesystem>
#include <limits>
#include <sqlite3.h>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

#include "base/digest.h"

namespace dkr {
namespace {

constexpr int kBusyMilliseconds = 2000;
/// Of a table: some 100 MB in all, the listings of several large registries.
constexpr std::int64_t kMostRows = 200'000;

// `seen` are days since 1970, so that reading writes at most once a day.
constexpr const char* kSchema = R"(
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS images (
    registry TEXT NOT NULL, repository TEXT NOT NULL, platform TEXT NOT NULL, digest TEXT NOT NULL,
    manifest TEXT NOT NULL, id TEXT, created INTEGER, size INTEGER, seen INTEGER NOT NULL,
    PRIMARY KEY (registry, repository, platform, digest)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tags (
    registry TEXT NOT NULL, repository TEXT NOT NULL, tag TEXT NOT NULL, digest TEXT NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (registry, repository, tag)) WITHOUT ROWID;
)";

class SqliteError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::int64_t today(const Clock& clock) {
  return std::chrono::floor<std::chrono::days>(clock.now()).time_since_epoch().count();
}

}  // namespace

void ImageCache::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

/// One SQL statement with its parameters, numbered from 1, and its results, from 0.
class ImageCache::Statement {
 public:
  Statement(sqlite3* database, const char* sql) : database_(database) {
    if (sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr) != SQLITE_OK) fail();
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(int parameter, const std::string& text) {
    return check(sqlite3_bind_text64(statement_, parameter, text.data(), text.size(),
                                     SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  Statement& bind(int parameter, std::int64_t number) {
    return check(sqlite3_bind_int64(statement_, parameter, number));
  }
  template <typename T>
  Statement& bind(int parameter, const std::optional<T>& value) {
    return value ? bind(parameter, *value) : check(sqlite3_bind_null(statement_, parameter));
  }

  /// Goes on to the next row; false after the last one.
  bool step() {
    const int code = sqlite3_step(statement_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) fail();
    return code == SQLITE_ROW;
  }
  /// Runs a statement that gives no rows, and makes it ready to run again.
  void run() {
    while (step()) {
    }
    check(sqlite3_reset(statement_));
  }

  [[nodiscard]] std::string text(int column) const {
    const unsigned char* text = sqlite3_column_text(statement_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    if (text == nullptr) return "";
    return {reinterpret_cast<const char*>(text), size};  // NOLINT(*-reinterpret-cast): SQLite's
  }
  [[nodiscard]] std::optional<std::int64_t> number(int column) const {
    if (sqlite3_column_type(statement_, column) != SQLITE_INTEGER) return std::nullopt;
    return sqlite3_column_int64(statement_, column);
  }

 private:
  Statement& check(int code) {
    if (code != SQLITE_OK) fail();
    return *this;
  }
  [[noreturn]] void fail() const { throw SqliteError(sqlite3_errmsg(database_)); }

  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
};

ImageCache::ImageCache(std::string path, const Clock& clock, Log& log)
    : path_(std::move(path)), clock_(clock), log_(log) {}

ImageCache::~ImageCache() {
  if (!database_ || !has_stored_) return;
  try {
    remove_oldest();
  } catch (const std::exception& error) {
    bury(error.what());
  }
}

CachedRepository ImageCache::load(const std::string& registry, const std::string& repository,
                                  const std::string& platform) {
  CachedRepository known;
  if (!is_usable()) return known;
  try {
    bool is_stale = false;
    Statement images(database_.get(),
                     "SELECT digest, manifest, id, created, size, seen FROM images "
                     "WHERE registry = ? AND repository = ? AND platform = ?");
    images.bind(1, registry).bind(2, repository).bind(3, platform);
    while (images.step()) {
      is_stale = is_stale || images.number(5).value_or(0) < today(clock_);
      CachedImage image{images.text(1), std::nullopt, std::nullopt, std::nullopt};
      if (const std::string id = images.text(2); !id.empty()) image.id = id;
      if (const auto created = images.number(3))
        image.created = Time(std::chrono::seconds(*created));
      if (const auto size = images.number(4)) image.size = static_cast<std::uint64_t>(*size);
      // Whatever else may have written to the file.
      if (is_digest(images.text(0)) && is_digest(image.manifest) &&
          (!image.id || is_digest(*image.id)) && images.number(4).value_or(0) >= 0) {
        known.images.insert_or_assign(images.text(0), std::move(image));
      }
    }
    Statement tags(database_.get(),
                   "SELECT tag, digest FROM tags WHERE registry = ? AND repository = ?");
    tags.bind(1, registry).bind(2, repository);
    while (tags.step()) {
      if (known.images.contains(tags.text(1))) {
        known.tags.insert_or_assign(tags.text(0), tags.text(1));
      }
    }
    if (is_stale) refresh(registry, repository);
    return known;
  } catch (const SqliteError& error) {
    bury(error.what());
    return {};
  }
}

void ImageCache::store(const std::string& registry, const std::string& repository,
                       const std::string& platform, const CachedRepository& news) {
  if (!is_usable()) return;
  constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  try {
    execute("BEGIN IMMEDIATE");
    Statement image(database_.get(),
                    "INSERT OR REPLACE INTO images VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    image.bind(1, registry).bind(2, repository).bind(3, platform).bind(9, today(clock_));
    for (const auto& [digest, facts] : news.images) {
      std::optional<std::int64_t> created;
      std::optional<std::int64_t> size;
      if (facts.created) created = facts.created->time_since_epoch().count();
      if (facts.size && *facts.size <= kLargest) size = static_cast<std::int64_t>(*facts.size);
      if (facts.size && !size) continue;
      image.bind(4, digest).bind(5, facts.manifest).bind(6, facts.id).bind(7, created);
      image.bind(8, size).run();
    }
    Statement tag(database_.get(), "INSERT OR REPLACE INTO tags VALUES (?, ?, ?, ?, ?)");
    tag.bind(1, registry).bind(2, repository).bind(5, today(clock_));
    for (const auto& [name, digest] : news.tags) tag.bind(3, name).bind(4, digest).run();
    execute("COMMIT");
    has_stored_ = true;
  } catch (const SqliteError& error) {
    bury(error.what());
  }
}

void ImageCache::refresh(const std::string& registry, const std::string& repository) {
  for (const char* table : {"images", "tags"}) {
    const std::string sql = fmt::format(
        "UPDATE {} SET seen = ? WHERE registry = ? AND repository = ? AND seen < ?", table);
    Statement update(database_.get(), sql.c_str());
    update.bind(1, today(clock_))
        .bind(2, registry)
        .bind(3, repository)
        .bind(4, today(clock_))
        .run();
  }
}

void ImageCache::remove_oldest() {
  constexpr std::array<std::pair<const char*, const char*>, 2> kTables{
      {{"images", "registry, repository, platform, digest"},
       {"tags", "registry, repository, tag"}}};
  for (const auto& [table, key] : kTables) {
    const std::string count_rows = fmt::format("SELECT count(*) FROM {}", table);
    Statement count(database_.get(), count_rows.c_str());
    count.step();
    const std::int64_t surplus = count.number(0).value_or(0) - kMostRows;
    if (surplus <= 0) continue;
    const std::string remove = fmt::format(
        "DELETE FROM {0} WHERE ({1}) IN (SELECT {1} FROM {0} ORDER BY seen LIMIT ?)", table, key);
    Statement(database_.get(), remove.c_str()).bind(1, surplus).run();
  }
}

bool ImageCache::is_usable() {
  if (database_ || path_.empty()) return database_ != nullptr;
  try {
    open();
  } catch (const SqliteError& error) {
    bury(error.what());
  }
  return database_ != nullptr;
}

void ImageCache::open() {
  namespace fs = std::filesystem;
  const fs::path directory = fs::path(path_).parent_path();
  std::error_code error;
  if (fs::create_directories(directory, error)) {
    fs::permissions(directory, fs::perms::owner_all, error);  // what is private stays so
  }
  if (error) throw SqliteError(fmt::format("{}: {}", directory.string(), error.message()));
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(path_.c_str(), &database,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  database_.reset(database);
  if (database == nullptr) throw SqliteError("out of memory");
  if (code != SQLITE_OK) throw SqliteError(sqlite3_errmsg(database));
  sqlite3_busy_timeout(database, kBusyMilliseconds);
  fs::permissions(path_, fs::perms::owner_read | fs::perms::owner_write, error);
  execute(kSchema);
}

void ImageCache::execute(const char* sql) {
  if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw SqliteError(sqlite3_errmsg(database_.get()));
  }
}

/// Closing the database takes back a transaction that has begun.
void ImageCache::bury(const std::string& cause) {
  log_.warn("cache {}: {}; going on without it", path_, cause);
  database_.reset();
  path_.clear();
}

std::string cache_path(const Environment& environment) {
  constexpr const char* kFile = "/dkr-ls/registries-1.sqlite";  // a new layout gets a new number
  if (const auto cache = environment.get("XDG_CACHE_HOME"); cache && cache->starts_with('/')) {
    return *cache + kFile;
  }
  if (const auto home = environment.get("HOME")) return *home + "/.cache" + kFile;
  return "";
}

}  // namespace dkr
