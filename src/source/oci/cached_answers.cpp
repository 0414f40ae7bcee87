#include "source/oci/cached_answers.h"

#include <chrono>
#include <vector>

namespace dkr {
namespace {

std::int64_t seconds_of(Time time) { return time.time_since_epoch().count(); }

}  // namespace

std::optional<CachedAnswer> CachedAnswers::find(const std::string& registry,
                                                const std::string& question) {
  std::optional<CachedAnswer> answer;
  if (find_.bind(1, registry).bind(2, question).step()) {
    const auto asked = find_.number(0);
    const auto content = find_.blob(1);
    if (asked && content) {
      answer = CachedAnswer{Time(std::chrono::seconds(*asked)), std::string(*content)};
    }
    find_.reset();
  }
  return answer;
}

void CachedAnswers::put(const AnswerTable& answers) {
  for (const auto& [key, answer] : answers) {
    put_.bind(1, key.first).bind(2, key.second).bind(3, seconds_of(answer.asked));
    put_.bind_blob(4, answer.content).run();
  }
}

void CachedAnswers::drop_before(Time time) {
  database_.prepare("DELETE FROM answers WHERE asked < ?").bind(1, seconds_of(time)).run();
}

/// Uses one transaction per answer, so that other processes do not wait long for the lock.
void CachedAnswers::drop_oldest(Time before, std::uint64_t target_bytes) {
  if (database_.used_bytes() <= target_bytes) return;
  std::vector<std::int64_t> rows;
  SqliteStatement select =
      database_.prepare("SELECT rowid FROM answers WHERE asked < ? ORDER BY asked");
  for (select.bind(1, seconds_of(before)); select.step();) {
    if (const auto row = select.number(0)) rows.push_back(*row);
  }
  SqliteStatement drop = database_.prepare("DELETE FROM answers WHERE rowid = ?");
  for (const std::int64_t row : rows) {
    if (database_.used_bytes() <= target_bytes) return;
    drop.bind(1, row).run();
  }
}

}  // namespace dkr
