// The table of answers that can change, in the cache file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/time.h"
#include "source/oci/sqlite.h"

namespace dkr {

/// What a registry answered that can change.
struct CachedAnswer {
  Time asked;           ///< when the question was sent
  std::string content;  ///< in a form of its own for each kind of question
};

/// By the registry, including the user, and the question.
using AnswerTable = std::map<std::pair<std::string, std::string>, CachedAnswer>;

/// All functions may throw SqliteError.
class CachedAnswers {
 public:
  /// Content may be large, so the index on the key must not hold it.
  static constexpr const char* kTable =
      "CREATE TABLE answers (registry TEXT NOT NULL, question TEXT NOT NULL, "
      "asked INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (registry, question))";

  /// `database`, which must have the table, must outlive this object.
  explicit CachedAnswers(SqliteDatabase& database) : database_(database) {}

  /// Absent when there is none.
  std::optional<CachedAnswer> find(const std::string& registry, const std::string& question);
  /// Adds `answers`, replacing existing ones.
  void put(const AnswerTable& answers);

  /// Drops answers to questions that were asked before `time`.
  void drop_before(Time time);
  /// The same, oldest first, until the database uses no more than `target_bytes`.
  void drop_oldest(Time before, std::uint64_t target_bytes);

 private:
  SqliteDatabase& database_;
  SqliteStatement find_ =
      database_.prepare("SELECT asked, content FROM answers WHERE registry = ? AND question = ?");
  SqliteStatement put_ = database_.prepare(
      "INSERT INTO answers (registry, question, asked, content) VALUES (?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET asked = excluded.asked, content = excluded.content");
};

}  // namespace dkr
