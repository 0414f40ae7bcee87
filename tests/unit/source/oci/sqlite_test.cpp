#include "source/oci/sqlite.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include <gmock/gmock.h>

#include "support/temporary_directory.h"

namespace dkr {
namespace {

class SqliteTest : public testing::Test {
 protected:
  TemporaryDirectory temporary_;
  std::string path_ = (temporary_.path() / "test.sqlite").string();
  SqliteDatabase database_{path_};
};

TEST_F(SqliteTest, GivesEachValueByItsTypeAndNoOther) {
  const std::string_view text("a\0\xff", 3);
  const std::string_view bytes("b\0", 2);
  SqliteStatement row = database_.prepare("SELECT ?, ?, ?, ?");
  row.bind(1, text).bind(2, INT64_MIN).bind_blob(3, bytes).bind_null(4);
  ASSERT_TRUE(row.step());
  EXPECT_EQ(row.text(0), text);
  EXPECT_EQ(row.number(1), INT64_MIN);
  EXPECT_EQ(row.blob(2), bytes);
  EXPECT_TRUE(row.is_null(3));
  for (const int column : {1, 2, 3}) EXPECT_EQ(row.text(column), std::nullopt);
  for (const int column : {0, 2, 3}) EXPECT_EQ(row.number(column), std::nullopt);
  for (const int column : {0, 1, 3}) EXPECT_EQ(row.blob(column), std::nullopt);
  for (const int column : {0, 1, 2}) EXPECT_FALSE(row.is_null(column));
  EXPECT_FALSE(row.step());
}

TEST_F(SqliteTest, TellsEmptyValuesFromNull) {
  SqliteStatement row = database_.prepare("SELECT ?, ?, ?");
  row.bind(1, std::string_view()).bind_blob(2, {}).bind(3, std::optional<std::int64_t>());
  ASSERT_TRUE(row.step());
  EXPECT_EQ(row.text(0), "");
  EXPECT_EQ(row.blob(1), "");
  EXPECT_TRUE(row.is_null(2));
}

TEST_F(SqliteTest, RunsAStatementAgain) {
  SqliteStatement row = database_.prepare("SELECT ?1 UNION ALL SELECT ?1 + 1");
  for (const std::int64_t number : {10, 20}) {
    row.bind(1, number);
    ASSERT_TRUE(row.step());
    EXPECT_EQ(row.number(0), number);
    row.reset();
  }
  row.run();
  row.bind(1, std::int64_t{30});
  ASSERT_TRUE(row.step());
  ASSERT_TRUE(row.step());
  EXPECT_EQ(row.number(0), 31);
}

TEST_F(SqliteTest, UndoesATransactionThatIsNotCommitted) {
  database_.execute("CREATE TABLE t (x)");
  {
    SqliteDatabase other(path_);
    other.execute("BEGIN; INSERT INTO t VALUES (1)");
  }
  EXPECT_EQ(database_.number("SELECT count(*) FROM t"), 0);
  SqliteDatabase other(path_);
  other.execute("BEGIN; INSERT INTO t VALUES (1); COMMIT");
  EXPECT_EQ(database_.number("SELECT count(*) FROM t"), 1);
}

TEST_F(SqliteTest, SaysWhatFailed) {
  const auto message_of = [](const auto& action) -> std::string {
    try {
      action();
      return "nothing";
    } catch (const SqliteError& error) {
      return error.what();
    }
  };
  database_.execute("CREATE TABLE t (x UNIQUE); INSERT INTO t VALUES (1)");
  SqliteStatement insert = database_.prepare("INSERT INTO t VALUES (1)");
  EXPECT_EQ(message_of([&] { insert.run(); }), "UNIQUE constraint failed: t.x");
  EXPECT_EQ(message_of([&] { insert.bind(1, "x"); }), "column index out of range");
  EXPECT_EQ(message_of([&] { database_.execute("SELECT * FROM u"); }), "no such table: u");
  EXPECT_EQ(message_of([&] { std::ignore = database_.prepare("SELEC"); }),
            "near \"SELEC\": syntax error");
  EXPECT_EQ(message_of([&] { SqliteDatabase(temporary_.path()); }), "unable to open database file");
}

TEST_F(SqliteTest, GivesZeroWhereThereIsNoNumber) {
  EXPECT_EQ(database_.number("SELECT 7"), 7);
  EXPECT_EQ(database_.number("SELECT 'x'"), 0);
  EXPECT_EQ(database_.number("SELECT 1 WHERE 0"), 0);
}

}  // namespace
}  // namespace dkr
