// The cache of answers that can change, through ImageCache.
#include "source/oci/cached_answers.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "source/oci/cache.h"
#include "source/oci/sqlite.h"
#include "support/fake_world.h"
#include "support/registry_content.h"
#include "support/temporary_directory.h"

namespace dkr {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class CachedAnswersTest : public testing::Test {
 protected:
  [[nodiscard]] std::string file() const { return (directory_ / "cache.sqlite").string(); }
  [[nodiscard]] std::uint64_t file_size() const { return std::filesystem::file_size(file()); }
  [[nodiscard]] ImageCache cache() { return {file(), fake_.clock, fake_.log, limits_}; }
  [[nodiscard]] Time now() const { return fake_.clock.now(); }

  /// Each call is another run of the program.
  void keep(const std::string& question, const std::string& content,
            const std::string& registry = "r") {
    cache().keep_answer(registry, question, {now(), content});
  }
  std::optional<std::string> content(const std::string& question,
                                     const std::string& registry = "r") {
    const auto answer = cache().answer(registry, question);
    return answer ? std::optional(answer->content) : std::nullopt;
  }
  /// The first number that `sql` gives.
  std::int64_t number(const char* sql) { return SqliteDatabase(file()).number(sql); }
  std::int64_t count() { return number("SELECT count(*) FROM answers"); }

  static bool succeeds(const std::function<void()>& action) {
    const pid_t child = fork();
    if (child == 0) {
      action();
      _exit(0);
    }
    int status = -1;
    return waitpid(child, &status, 0) == child && status == 0;
  }

  FakeWorld fake_;
  CacheLimits limits_;
  TemporaryDirectory temporary_;
  std::filesystem::path directory_ = temporary_.path() / "answers";
};

TEST_F(CachedAnswersTest, GivesBackTheLatestAnswer) {
  EXPECT_EQ(content("catalog"), std::nullopt);
  const std::string bytes("\0\xff\n", 3);
  keep("catalog", "a\n");
  fake_.clock.time += std::chrono::minutes(1);
  keep("catalog", bytes);
  keep("tags/a", "");
  const auto answer = cache().answer("r", "catalog");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->asked, now());
  EXPECT_EQ(answer->content, bytes);
  EXPECT_EQ(content("tags/a"), "");
  EXPECT_EQ(count(), 2);
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(CachedAnswersTest, KeepsRegistriesAndUsersApart) {
  keep("catalog", "a", "r me");
  keep("catalog", "b", "r you");
  EXPECT_EQ(content("catalog", "r me"), "a");
  EXPECT_EQ(content("catalog", "r you"), "b");
  EXPECT_EQ(content("catalog", "r"), std::nullopt);
}

TEST_F(CachedAnswersTest, GivesWhatIsNotWrittenYet) {
  ImageCache run = cache();
  run.keep_answer("r", "catalog", {now(), "a"});
  run.keep_answer("r", "catalog", {now(), "b"});
  EXPECT_EQ(run.answer("r", "catalog")->content, "b");
  EXPECT_EQ(run.answer("r", "other"), std::nullopt);
  EXPECT_EQ(content("catalog"), std::nullopt);
}

TEST_F(CachedAnswersTest, WritesAtOnceWhatIsMuch) {
  ImageCache run = cache();
  const std::string large(400'000, 'x');
  for (const std::string question : {"a", "b", "c"}) run.keep_answer("r", question, {now(), large});
  EXPECT_EQ(content("a"), large);
  EXPECT_EQ(content("c"), large);
  run.keep_answer("r", "d", {now(), "x"});
  EXPECT_EQ(run.answer("r", "a")->content, large);
  EXPECT_EQ(content("d"), std::nullopt);
}

TEST_F(CachedAnswersTest, GivesNothingThatIsOverAMonthOldAndDropsItLater) {
  keep("old", "a");
  fake_.clock.time += std::chrono::days(30);
  keep("new", "b");
  EXPECT_EQ(content("old"), "a");
  fake_.clock.time += std::chrono::seconds(1);
  EXPECT_EQ(content("old"), std::nullopt);
  EXPECT_EQ(count(), 2);
  keep("newer", "c");
  EXPECT_EQ(count(), 2);
  EXPECT_EQ(content("new"), "b");
}

TEST_F(CachedAnswersTest, IgnoresWhatItHasNotWrittenLikeThis) {
  keep("text", "a");
  keep("time", "a");
  keep("good", "a");
  SqliteDatabase(file()).execute(
      "UPDATE answers SET content = 'text' WHERE question = 'text';"
      "UPDATE answers SET asked = 'soon' WHERE question = 'time'");
  EXPECT_EQ(content("text"), std::nullopt);
  EXPECT_EQ(content("time"), std::nullopt);
  EXPECT_EQ(content("good"), "a");
  SqliteDatabase(file()).execute("UPDATE answers SET asked = -9223372036854775808");
  EXPECT_EQ(content("good"), std::nullopt);
}

TEST_F(CachedAnswersTest, KeepsNothingWithoutAFile) {
  ImageCache none("", fake_.clock, fake_.log);
  none.keep_answer("r", "catalog", {now(), "a"});
  EXPECT_EQ(none.answer("r", "catalog"), std::nullopt);
}

TEST_F(CachedAnswersTest, EmptiesAFileOfTheLayoutBefore) {
  cache().store({"r", "a", "linux/amd64"},
                {{{"1", Digest(some_digest('1'))}},
                 {{Digest(some_digest('1')), CachedImage{Digest(some_digest('1'))}}}});
  SqliteDatabase(file()).execute("DROP TABLE answers");
  keep("catalog", "a");
  EXPECT_THAT(fake_.err.content, HasSubstr("WARNING"));
  EXPECT_EQ(content("catalog"), "a");
}

TEST_F(CachedAnswersTest, ServesSeveralProcessesAtOnce) {
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      for (int j = 0; j < 20; ++j) keep(std::to_string(100 * i + j), "a");
      _exit(fake_.err.content.empty() ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(count(), 80);
  EXPECT_EQ(number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
}

/// Limits that some answers of 20 kB each exceed.
class FullCachedAnswersTest : public CachedAnswersTest {
 protected:
  FullCachedAnswersTest() { limits_ = {200'000, std::chrono::days(7), 400'000}; }
  void keep_all(int first, int last) {
    ImageCache run = cache();
    for (int i = first; i <= last; ++i) {
      run.keep_answer("r", std::to_string(i), {now(), std::string(20'000, 'x')});
    }
  }
  bool has(int number) { return content(std::to_string(number)).has_value(); }
};

TEST_F(FullCachedAnswersTest, DropsOldAnswersOverTheSoftLimit) {
  keep_all(1, 4);
  fake_.clock.time += std::chrono::days(2);
  keep_all(5, 8);
  EXPECT_EQ(count(), 8);
  fake_.clock.time += std::chrono::days(7);
  keep_all(9, 10);
  EXPECT_LE(file_size(), limits_.soft_bytes);
  EXPECT_FALSE(has(1));
  EXPECT_TRUE(has(8));
  EXPECT_TRUE(has(10));
  EXPECT_GT(file_size(), limits_.soft_bytes / 2);
  EXPECT_EQ(number("PRAGMA freelist_count"), 0);
}

TEST_F(FullCachedAnswersTest, KeepsRecentAnswersOverTheSoftLimit) {
  keep_all(1, 15);
  EXPECT_EQ(count(), 15);
}

TEST_F(FullCachedAnswersTest, DropsTheOldestOverTheHardLimitAndScopesAfterThem) {
  cache().store({"r", "a", "linux/amd64"},
                {{{"1", Digest(some_digest('1'))}},
                 {{Digest(some_digest('1')), CachedImage{Digest(some_digest('1'))}}}});
  keep_all(1, 10);
  fake_.clock.time += std::chrono::hours(1);
  keep_all(11, 25);
  EXPECT_LE(file_size(), limits_.hard_bytes);
  EXPECT_GT(file_size(), limits_.hard_bytes / 2);
  EXPECT_FALSE(has(1));
  EXPECT_TRUE(has(25));
  EXPECT_EQ(number("SELECT count(*) FROM scopes"), 1);
}

TEST_F(FullCachedAnswersTest, IsBoundedAlsoIfNoRunGetsToItsEnd) {
  EXPECT_TRUE(succeeds([&] {
    ImageCache run = cache();
    for (int i = 1; i <= 200; ++i) {
      run.keep_answer("r", std::to_string(i), {now(), std::string(20'000, 'x')});
    }
    _exit(0);
  }));
  EXPECT_GT(count(), 0);
  EXPECT_LE(file_size(), limits_.hard_bytes);
}

}  // namespace
}  // namespace dkr
