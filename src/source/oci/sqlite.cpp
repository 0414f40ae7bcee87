#include "source/oci/sqlite.h"

#include <charconv>
#include <cstddef>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace dkr {
namespace {

constexpr int kBusyMilliseconds = 2000;

std::size_t size_of(sqlite3_stmt* statement, int column) {
  return static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
}

/// Of the last call on `database`.
SqliteError last_error(sqlite3* database) {
  const int code = sqlite3_errcode(database);
  const bool is_damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
  return SqliteError(sqlite3_errmsg(database),
                     is_damaged ? SqliteError::Kind::kDamaged : SqliteError::Kind::kOther);
}

// SQLite opens files by their path alone. So that it can be given an open directory, the system
// calls that it makes (sqlite.org/c3ref/vfs.html, xSetSystemCall) take a path that starts with
// kOpenDirectory, followed by a descriptor and a slash, as relative to that directory.

constexpr std::string_view kOpenDirectory = "/dkr-ls open directory/";

struct Place {
  int directory = AT_FDCWD;
  const char* name;
  [[nodiscard]] bool is_in_open_directory() const { return directory != AT_FDCWD; }
};

Place place_of(const char* path) {
  const std::string_view text = path;
  Place place{.name = path};
  if (text.starts_with(kOpenDirectory)) {
    const char* const end = path + text.size();
    place.name = std::from_chars(path + kOpenDirectory.size(), end, place.directory).ptr;
    if (place.name != end) ++place.name;  // the slash
  }
  return place;
}

int open_place(const char* path, int flags, int mode) {
  const Place place = place_of(path);
  if (!place.is_in_open_directory()) return ::open(path, flags, mode);
  return ::openat(place.directory, place.name, flags | O_NOFOLLOW, S_IRUSR | S_IWUSR);
}

int stat_place(const char* path, struct stat* status) {
  const Place place = place_of(path);
  return ::fstatat(place.directory, place.name, status,
                   place.is_in_open_directory() ? AT_SYMLINK_NOFOLLOW : 0);
}

int access_place(const char* path, int mode) {
  const Place place = place_of(path);
  return ::faccessat(place.directory, place.name, mode, 0);
}

int unlink_place(const char* path) {
  const Place place = place_of(path);
  return ::unlinkat(place.directory, place.name, 0);
}

template <typename Function>
void set_system_call(const char* name, Function* function) {
  sqlite3_vfs* const files = sqlite3_vfs_find("unix");
  // NOLINTNEXTLINE(*-reinterpret-cast): the interface casts it back
  const auto pointer = reinterpret_cast<sqlite3_syscall_ptr>(function);
  if (files == nullptr || files->xSetSystemCall(files, name, pointer) != SQLITE_OK) {
    throw SqliteError(fmt::format("this SQLite makes no system call {}", name));
  }
}

/// The path by which SQLite reaches `name` in `directory`.
std::string path_in(int directory, const std::string& name) {
  if (sqlite3_initialize() != SQLITE_OK) throw SqliteError("out of memory");
  set_system_call("open", open_place);
  set_system_call("stat", stat_place);
  set_system_call("access", access_place);
  set_system_call("unlink", unlink_place);
  return fmt::format("{}{}/{}", kOpenDirectory, directory, name);
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

SqliteStatement::SqliteStatement(sqlite3* database, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
      SQLITE_OK) {
    throw last_error(database);
  }
  statement_.reset(statement);
}

SqliteStatement& SqliteStatement::check(int code) {
  if (code != SQLITE_OK) throw last_error(sqlite3_db_handle(statement_.get()));
  return *this;
}

SqliteStatement& SqliteStatement::bind(int parameter, std::string_view text) {
  return check(sqlite3_bind_text64(statement_.get(), parameter, text.empty() ? "" : text.data(),
                                   text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

SqliteStatement& SqliteStatement::bind(int parameter, std::int64_t number) {
  return check(sqlite3_bind_int64(statement_.get(), parameter, number));
}

SqliteStatement& SqliteStatement::bind_blob(int parameter, std::string_view bytes) {
  return check(sqlite3_bind_blob64(statement_.get(), parameter, bytes.empty() ? "" : bytes.data(),
                                   bytes.size(), SQLITE_TRANSIENT));
}

SqliteStatement& SqliteStatement::bind_null(int parameter) {
  return check(sqlite3_bind_null(statement_.get(), parameter));
}

bool SqliteStatement::step() {
  if (sqlite3_step(statement_.get()) == SQLITE_ROW) return true;
  reset();
  return false;
}

void SqliteStatement::run() {
  while (step()) {
  }
}

/// sqlite3_reset() returns the error of the last step(), if any.
void SqliteStatement::reset() { check(sqlite3_reset(statement_.get())); }

std::optional<std::int64_t> SqliteStatement::number(int column) const {
  if (sqlite3_column_type(statement_.get(), column) != SQLITE_INTEGER) return std::nullopt;
  return sqlite3_column_int64(statement_.get(), column);
}

std::optional<std::string_view> SqliteStatement::text(int column) const {
  if (sqlite3_column_type(statement_.get(), column) != SQLITE_TEXT) return std::nullopt;
  const unsigned char* text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) throw SqliteError("out of memory");
  // NOLINTNEXTLINE(*-reinterpret-cast): bytes as characters
  return std::string_view(reinterpret_cast<const char*>(text), size_of(statement_.get(), column));
}

std::optional<std::string_view> SqliteStatement::blob(int column) const {
  if (sqlite3_column_type(statement_.get(), column) != SQLITE_BLOB) return std::nullopt;
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  if (bytes == nullptr) return "";  // SQLite returns null for an empty blob
  return std::string_view(static_cast<const char*>(bytes), size_of(statement_.get(), column));
}

bool SqliteStatement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void SqliteDatabase::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

SqliteDatabase::SqliteDatabase(const std::string& path) {
  sqlite3* database = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  database_.reset(database);  // must be closed even if opening failed
  if (database == nullptr) throw SqliteError("out of memory");
  if (code != SQLITE_OK) throw last_error(database);
  sqlite3_busy_timeout(database, kBusyMilliseconds);
}

SqliteDatabase::SqliteDatabase(int directory, const std::string& name)
    : SqliteDatabase(path_in(directory, name)) {}

/// As SQLITE_DBCONFIG_RESET_DATABASE documents it; other processes are locked out meanwhile.
void SqliteDatabase::clear() {
  const auto set_reset = [&](int value) {
    // NOLINTNEXTLINE(*-vararg): SQLite's interface
    sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_RESET_DATABASE, value, nullptr);
  };
  set_reset(1);
  execute("VACUUM");
  set_reset(0);
}

void SqliteDatabase::execute(const char* sql) {
  if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw last_error(database_.get());
  }
}

std::int64_t SqliteDatabase::number(const char* sql) {
  SqliteStatement statement = prepare(sql);
  return statement.step() ? statement.number(0).value_or(0) : 0;
}

std::uint64_t SqliteDatabase::size() {
  return static_cast<std::uint64_t>(number("PRAGMA page_count") * number("PRAGMA page_size"));
}

std::uint64_t SqliteDatabase::used_bytes() {
  const std::int64_t pages = number("PRAGMA page_count") - number("PRAGMA freelist_count");
  return static_cast<std::uint64_t>(pages * number("PRAGMA page_size"));
}

}  // namespace dkr
