#include "source/oci/sqlite.h"

#include <cstddef>
#include <sqlite3.h>

namespace dkr {
namespace {

constexpr int kBusyMilliseconds = 2000;

std::size_t size_of(sqlite3_stmt* statement, int column) {
  return static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

SqliteStatement::SqliteStatement(sqlite3* database, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
      SQLITE_OK) {
    throw SqliteError(sqlite3_errmsg(database));
  }
  statement_.reset(statement);
}

SqliteStatement& SqliteStatement::check(int code) {
  if (code != SQLITE_OK) throw SqliteError(sqlite3_errmsg(sqlite3_db_handle(statement_.get())));
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
  if (code != SQLITE_OK) throw SqliteError(sqlite3_errmsg(database));
  sqlite3_busy_timeout(database, kBusyMilliseconds);
}

void SqliteDatabase::execute(const char* sql) {
  if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw SqliteError(sqlite3_errmsg(database_.get()));
  }
}

std::int64_t SqliteDatabase::number(const char* sql) {
  SqliteStatement statement = prepare(sql);
  return statement.step() ? statement.number(0).value_or(0) : 0;
}

}  // namespace dkr
