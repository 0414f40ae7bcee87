// SQLite (sqlite.org/c3ref) as a database and its statements. All functions throw SqliteError when
// SQLite reports an error.
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

/// What went wrong, in SQLite's words, such as `database is locked`.
class SqliteError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One statement of SQL, compiled once and run any number of times. Parameters are numbered from 1,
/// columns of the result from 0. Must not be used after its database is gone.
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

  /// Moves to the next row. After the last one it returns false, and the statement can be bound and
  /// run again.
  bool step();
  /// Runs the statement to its end, whatever rows it gives.
  void run();
  /// Ends a run before its last row, so that the statement can be bound and run again.
  void reset();

  /// A value of the current row; text and blobs are valid until the next step() or reset(). Absent
  /// when the value has another type; the type of the column does not tell that of its values.
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

/// A database in a file. Closing it undoes a transaction that was begun and not committed.
class SqliteDatabase {
 public:
  /// Opens the file at `path`, or creates it. A lock that another process holds is waited for two
  /// seconds at most, by each statement.
  explicit SqliteDatabase(const std::string& path);

  /// Runs statements that are separated by semicolons and ignores their rows.
  void execute(const char* sql);
  [[nodiscard]] SqliteStatement prepare(const char* sql) { return {database_.get(), sql}; }
  /// The first value that `sql` gives; 0 when there is none, or it is not an integer.
  [[nodiscard]] std::int64_t number(const char* sql);

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace dkr
