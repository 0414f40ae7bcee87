// C++ wrappers for SQLite (sqlite.org/c3ref). All functions throw SqliteError when SQLite reports
// an error.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace dkr {

/// Carries SQLite's message, such as `database is locked`.
class SqliteError : public std::runtime_error {
 public:
  /// kDamaged: the file is not a database, or its content is inconsistent.
  enum class Kind { kDamaged, kOther };

  explicit SqliteError(const std::string& message, Kind kind = Kind::kOther)
      : std::runtime_error(message), kind_(kind) {}
  [[nodiscard]] Kind kind() const noexcept { return kind_; }

 private:
  Kind kind_;
};

/// A prepared SQL statement, which can be run any number of times. Parameters are numbered from 1,
/// columns from 0. The database must outlive it.
class SqliteStatement {
 public:
  SqliteStatement& bind(int parameter, std::string_view text);
  SqliteStatement& bind(int parameter, std::int64_t number);
  SqliteStatement& bind_blob(int parameter, std::string_view bytes);
  SqliteStatement& bind_null(int parameter);
  template <typename T>
  SqliteStatement& bind(int parameter, const std::optional<T>& value) {
    return value ? bind(parameter, *value) : bind_null(parameter);
  }

  /// Moves to the next row. Returns false after the last one; the statement can then be bound and
  /// run again.
  bool step();
  /// Runs the statement to completion and ignores its rows.
  void run();
  /// Ends a run before the last row, so that the statement can be bound and run again.
  void reset();

  /// A value of the current row; absent when it has another type, which SQLite allows regardless of
  /// the type of the column. Text and blobs are valid until the next step() or reset().
  [[nodiscard]] std::optional<std::int64_t> number(int column) const;
  [[nodiscard]] std::optional<std::string_view> text(int column) const;
  [[nodiscard]] std::optional<std::string_view> blob(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class SqliteDatabase;
  SqliteStatement(sqlite3* database, const char* sql);
  SqliteStatement& check(int code);

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// A database file. Closing it rolls back an open transaction.
class SqliteDatabase {
 public:
  /// Opens or creates the file at `path`. Each statement waits up to two seconds for locks that
  /// other processes hold.
  explicit SqliteDatabase(const std::string& path);
  /// The same for the file `name` in the open `directory`, which must stay open. Symbolic links are
  /// not followed, and files are created for the user only.
  SqliteDatabase(int directory, const std::string& name);

  /// Makes the database empty, even if it is damaged.
  void clear();
  /// Runs statements separated by semicolons and ignores their rows.
  void execute(const char* sql);
  [[nodiscard]] SqliteStatement prepare(const char* sql) { return {database_.get(), sql}; }
  /// The first value that `sql` returns; 0 when there is none or it is not an integer.
  [[nodiscard]] std::int64_t number(const char* sql);
  /// The size of the file in bytes.
  [[nodiscard]] std::uint64_t size();
  /// The same, excluding free pages.
  [[nodiscard]] std::uint64_t used_bytes();

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace dkr
