#include "source/oci/cache.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sqlite3.h>
#include <string>

#include <gmock/gmock.h>

#include "support/fake_world.h"
#include "support/registry_content.h"
#include "support/temporary_directory.h"

namespace dkr {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

const std::string kTagged = some_digest('1');
const CachedImage kImage{some_digest('2'), some_digest('3'), Time(std::chrono::seconds(1600000000)),
                         123456};

/// A cache in a directory that is not there yet.
class ImageCacheTest : public testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return (directory_ / "deep/cache.sqlite").string(); }

  /// Each call is another process, as far as the cache can tell.
  void store(const CachedRepository& news, const std::string& registry = "r",
             const std::string& repository = "app", const std::string& platform = "linux/amd64") {
    ImageCache(path(), fake_.clock, fake_.log).store(registry, repository, platform, news);
  }
  CachedRepository load(const std::string& registry = "r", const std::string& repository = "app",
                        const std::string& platform = "linux/amd64") {
    return ImageCache(path(), fake_.clock, fake_.log).load(registry, repository, platform);
  }

  /// Runs `sql` on the file, as another program could, and gives the first value of each row.
  std::vector<std::string> run_sql(const std::string& sql) {
    std::vector<std::string> values;
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
    const auto add = [](void* result, int /*columns*/, char** row, char** /*names*/) {
      static_cast<std::vector<std::string>*>(result)->emplace_back(row[0] ? row[0] : "NULL");
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), add, &values, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    sqlite3_close(database);
    return values;
  }

  FakeWorld fake_;
  TemporaryDirectory temporary_;
  fs::path directory_ = temporary_.path() / "cache";
};

TEST_F(ImageCacheTest, GivesBackWhatItWasGiven) {
  const CachedImage unknown{some_digest('5'), std::nullopt, std::nullopt, std::nullopt};
  const CachedImage extreme{some_digest('5'), some_digest('6'), Time(std::chrono::seconds(-1)), 0};
  store({{{"latest", kTagged}, {"1", some_digest('4')}},
         {{kTagged, kImage}, {some_digest('4'), unknown}, {some_digest('7'), extreme}}});
  const CachedRepository known = load();
  EXPECT_THAT(known.tags, ElementsAre(Pair("1", some_digest('4')), Pair("latest", kTagged)));
  EXPECT_THAT(known.images, ElementsAre(Pair(kTagged, kImage), Pair(some_digest('4'), unknown),
                                        Pair(some_digest('7'), extreme)));
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(ImageCacheTest, KnowsNothingAtFirst) {
  EXPECT_THAT(load().tags, IsEmpty());
  EXPECT_THAT(load().images, IsEmpty());
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(ImageCacheTest, KeepsRegistriesRepositoriesAndPlatformsApart) {
  store({{{"latest", kTagged}}, {{kTagged, kImage}}}, "r", "app", "linux/amd64");
  EXPECT_THAT(load("r", "app", "linux/amd64").images, SizeIs(1));
  EXPECT_THAT(load("r me", "app", "linux/amd64").images, IsEmpty());
  EXPECT_THAT(load("r", "app2", "linux/amd64").images, IsEmpty());
  EXPECT_THAT(load("r", "ap", "linux/amd64").images, IsEmpty());
  EXPECT_THAT(load("r", "APP", "linux/amd64").images, IsEmpty());
  EXPECT_THAT(load("r", "app", "linux/arm64").images, IsEmpty());
  EXPECT_THAT(load("r", "app", "linux/arm64").tags, IsEmpty());
}

TEST_F(ImageCacheTest, GivesNoTagWhoseImageItDoesNotKnow) {
  store({{{"latest", kTagged}}, {}});
  EXPECT_THAT(load().tags, IsEmpty());
}

TEST_F(ImageCacheTest, AddsToWhatItKnowsAndReplacesWhatChanged) {
  store({{{"latest", kTagged}, {"1", kTagged}}, {{kTagged, kImage}}});
  const std::string moved = some_digest('9');
  store({{{"latest", moved}}, {{moved, kImage}}});
  EXPECT_THAT(load().tags, ElementsAre(Pair("1", kTagged), Pair("latest", moved)));
  EXPECT_THAT(load().images, SizeIs(2));
}

TEST_F(ImageCacheTest, TakesNamesAsTheyAre) {
  const std::string odd = "a'; DROP TABLE images; --\n\"\xff";
  store({{{odd, kTagged}}, {{kTagged, kImage}}}, odd, odd, odd);
  EXPECT_THAT(load(odd, odd, odd).tags, ElementsAre(Pair(odd, kTagged)));
}

TEST_F(ImageCacheTest, LeavesOutASizeThatItCannotHold) {
  CachedImage huge = kImage;
  huge.size = UINT64_MAX;
  store({{{"latest", kTagged}}, {{kTagged, huge}, {some_digest('4'), kImage}}});
  EXPECT_THAT(load().images, ElementsAre(Pair(some_digest('4'), kImage)));
  EXPECT_THAT(load().tags, IsEmpty());
}

TEST_F(ImageCacheTest, IsForTheUserAlone) {
  store({{}, {{kTagged, kImage}}});
  EXPECT_EQ(fs::status(path()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(directory_ / "deep").permissions(), fs::perms::owner_all);
}

/// Whoever may write to the file can at worst make a listing wrong.
TEST_F(ImageCacheTest, IgnoresRowsThatItHasNotWrittenLikeThis) {
  store({{{"latest", kTagged}}, {{kTagged, kImage}}});
  const std::string digest = some_digest('4');
  const std::string manifest = some_digest('5');
  const std::string rows[] = {
      "('x', '" + manifest + "', NULL, 0, 0)",
      "('" + digest + "', 'x', NULL, 0, 0)",
      "('" + digest + "', '" + manifest + "', '../../etc/passwd', 0, 0)",
      "('" + digest + "', '" + manifest + "', 'sha256:abc', 0, 0)",
      "('" + digest + "', '" + manifest + "', NULL, 0, -1)",
      "('" + digest + "' || char(10), '" + manifest + "', NULL, 0, 0)",
      "('" + digest + "', x'00', NULL, 0, 0)",
  };
  for (const std::string& row : rows) {
    SCOPED_TRACE(row);
    run_sql("DELETE FROM images WHERE digest <> '" + kTagged + "'");
    run_sql(
        "INSERT INTO images SELECT 'r', 'app', 'linux/amd64', column1, column2, column3, "
        "column4, column5, 99999 FROM (VALUES " +
        row + ")");
    EXPECT_THAT(load().images, ElementsAre(Pair(kTagged, kImage)));
  }
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(ImageCacheTest, TakesOddValuesForUnknownOnes) {
  store({{{"latest", kTagged}}, {{kTagged, kImage}}});
  run_sql("UPDATE images SET id = '', created = 'yesterday', size = 1.5, seen = 'never'");
  EXPECT_THAT(load().images, ElementsAre(Pair(kTagged, CachedImage{kImage.manifest, std::nullopt,
                                                                   std::nullopt, std::nullopt})));
  run_sql("UPDATE images SET created = -9223372036854775808, size = 9223372036854775807");
  EXPECT_EQ(load().images.at(kTagged).created, Time(std::chrono::seconds(INT64_MIN)));
  EXPECT_EQ(load().images.at(kTagged).size, static_cast<std::uint64_t>(INT64_MAX));
}

TEST_F(ImageCacheTest, GivesNoDigestForATagThatIsNone) {
  store({{{"latest", kTagged}}, {{kTagged, kImage}}});
  run_sql("UPDATE tags SET digest = 'x\"' || char(13) || char(10) || 'Evil: 1'");
  EXPECT_THAT(load().tags, IsEmpty());
}

TEST_F(ImageCacheTest, GoesOnWithoutAFileThatIsNoDatabase) {
  fs::create_directories(directory_ / "deep");
  std::ofstream(path()) << std::string(5000, 'x');
  ImageCache cache(path(), fake_.clock, fake_.log);
  EXPECT_THAT(cache.load("r", "app", "linux/amd64").images, IsEmpty());
  cache.store("r", "app", "linux/amd64", {{}, {{kTagged, kImage}}});
  EXPECT_THAT(cache.load("r", "app", "linux/amd64").images, IsEmpty());
  EXPECT_THAT(fake_.err.content, HasSubstr(" WARNING cache " + path() + ": "));
  EXPECT_THAT(fake_.err.content, HasSubstr("; going on without it\n"));
  EXPECT_EQ(fake_.err.content.find(" WARNING "), fake_.err.content.rfind(" WARNING "));
}

TEST_F(ImageCacheTest, GoesOnWithoutAFileThatHasOtherTables) {
  fs::create_directories(directory_ / "deep");
  run_sql("CREATE TABLE images (x); CREATE VIEW tags AS SELECT 1 AS x");
  EXPECT_THAT(load().images, IsEmpty());
  EXPECT_THAT(fake_.err.content, HasSubstr("; going on without it\n"));
}

TEST_F(ImageCacheTest, GoesOnWhereItsDirectoryCannotBe) {
  fs::create_directories(directory_);
  std::ofstream(directory_ / "deep") << "a file";
  EXPECT_THAT(load().images, IsEmpty());
  store({{}, {{kTagged, kImage}}});
  EXPECT_THAT(fake_.err.content, AllOf(HasSubstr((directory_ / "deep").string()),
                                       HasSubstr("; going on without it\n")));
}

TEST_F(ImageCacheTest, GoesOnWhereItsFileIsADirectory) {
  fs::create_directories(path());
  EXPECT_THAT(load().images, IsEmpty());
  EXPECT_THAT(fake_.err.content, HasSubstr("; going on without it\n"));
}

TEST_F(ImageCacheTest, IsNoneWithoutAPath) {
  ImageCache cache("", fake_.clock, fake_.log);
  cache.store("r", "app", "linux/amd64", {{}, {{kTagged, kImage}}});
  EXPECT_THAT(cache.load("r", "app", "linux/amd64").images, IsEmpty());
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(ImageCacheTest, MakesNoFileBeforeItIsUsed) {
  { const ImageCache cache(path(), fake_.clock, fake_.log); }
  EXPECT_FALSE(fs::exists(directory_));
}

TEST_F(ImageCacheTest, TakesNoteOfTheDayOnWhichItWasLastUsed) {
  const auto day = std::chrono::floor<std::chrono::days>(fake_.clock.time);
  const auto number = [&](int days) {
    return std::to_string((day.time_since_epoch() + std::chrono::days(days)).count());
  };
  store({{{"latest", kTagged}}, {{kTagged, kImage}}});
  EXPECT_THAT(run_sql("SELECT seen FROM images"), ElementsAre(number(0)));
  fake_.clock.time += std::chrono::days(3);
  load("r", "another");
  EXPECT_THAT(run_sql("SELECT seen FROM images"), ElementsAre(number(0)));
  load();
  EXPECT_THAT(run_sql("SELECT seen FROM images"), ElementsAre(number(3)));
  EXPECT_THAT(run_sql("SELECT seen FROM tags"), ElementsAre(number(3)));
}

TEST_F(ImageCacheTest, ForgetsWhatWasNotListedForTheLongestTime) {
  store({{{"latest", kTagged}}, {{kTagged, kImage}}});
  // Two more than there is room for, with those of the two real images.
  run_sql(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) "
      "INSERT INTO images SELECT 'r', 'old', 'p', 'd' || i, 'm', NULL, NULL, NULL, "
      "1 + (i > 60000) + (i > 120000) FROM n");
  store({{}, {{some_digest('4'), kImage}}}, "r", "another");
  EXPECT_THAT(run_sql("SELECT count(*) FROM images WHERE repository = 'old'"),
              ElementsAre("199998"));
  EXPECT_THAT(run_sql("SELECT count(*) FROM images WHERE seen = 1"), ElementsAre("59998"));
  EXPECT_THAT(load().images, SizeIs(1));
  EXPECT_THAT(load().tags, SizeIs(1));
}

TEST(CachePath, IsWhereTheEnvironmentKeepsCaches) {
  const struct {
    std::map<std::string, std::string> variables;
    std::string path;
  } rows[] = {
      {{{"XDG_CACHE_HOME", "/x"}, {"HOME", "/home/me"}}, "/x/dkr-ls/registries-1.sqlite"},
      {{{"HOME", "/home/me"}}, "/home/me/.cache/dkr-ls/registries-1.sqlite"},
      {{{"XDG_CACHE_HOME", ""}, {"HOME", "/home/me"}},
       "/home/me/.cache/dkr-ls/registries-1.sqlite"},
      {{{"XDG_CACHE_HOME", "relative"}, {"HOME", "/home/me"}},
       "/home/me/.cache/dkr-ls/registries-1.sqlite"},
      {{}, ""},
  };
  for (const auto& row : rows) {
    FakeEnvironment environment;
    environment.variables = row.variables;
    EXPECT_EQ(cache_path(environment), row.path);
  }
}

}  // namespace
}  // namespace dkr
