#include "source/oci/cache.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <sqlite3.h>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "model/contents.h"
#include "source/oci/sqlite.h"
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
using testing::Not;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

Digest digest(char digit) { return Digest(some_digest(digit)); }
/// The digest of the number, in 64 digits.
Digest numbered_digest(int number) { return Digest(fmt::format("sha256:{:064x}", number)); }

const Digest kTagged = digest('1');
const CachedImage kImage{digest('2'), digest('3'),          Time(std::chrono::seconds(1600000000)),
                         123456,      MediaType::kOciIndex, Platform{"linux", "arm", "v7"}};
const CacheScope kScope{"r", "app", "linux/amd64"};

/// A cache in a directory that is not there yet.
class ImageCacheTest : public testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return (directory_ / "deep/cache.sqlite").string(); }
  [[nodiscard]] std::uintmax_t file_size() const { return fs::file_size(path()); }

  /// Each is another process, as far as the cache can tell.
  [[nodiscard]] ImageCache cache() { return {path(), fake_.clock, fake_.log, limits_}; }
  void store(const CachedRepository& updates, const CacheScope& scope = kScope) {
    cache().store(scope, updates);
  }
  void store_all_of(const CachedRepository& updates, const std::vector<std::string>& current_tags) {
    cache().store(kScope, updates, current_tags);
  }
  CachedRepository load(const CacheScope& scope = kScope) { return cache().load(scope); }

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

  /// Runs `action` in another process, which succeeds() when nothing is logged.
  pid_t run_in_child(const std::function<void()>& action) {
    const pid_t child = fork();
    if (child != 0) return child;
    action();
    _exit(fake_.err.content.empty() ? 0 : 1);
  }
  static bool succeeds(pid_t child) {
    int status = -1;
    return waitpid(child, &status, 0) == child && status == 0;
  }

  [[nodiscard]] std::size_t count_warnings() const {
    std::size_t count = 0;
    const std::string& text = fake_.err.content;
    for (auto at = text.find(" WARNING "); at != std::string::npos; ++count) {
      at = text.find(" WARNING ", at + 1);
    }
    return count;
  }

  FakeWorld fake_;
  CacheLimits limits_;
  TemporaryDirectory temporary_;
  fs::path directory_ = temporary_.path() / "cache";
};

TEST_F(ImageCacheTest, GivesBackWhatItWasGiven) {
  const CachedImage unknown{digest('4')};
  const CachedImage extreme{digest('5'),
                            digest('6'),
                            Time(std::chrono::seconds(-1)),
                            0,
                            MediaType::kDockerSchema1Signed,
                            Platform{"Win dows", "", "\xff"}};
  store({{{"latest", kTagged}, {"1", digest('4')}},
         {{kTagged, kImage}, {digest('4'), unknown}, {digest('7'), extreme}}});
  const CachedRepository cached = load();
  EXPECT_THAT(cached.tags, ElementsAre(Pair("1", digest('4')), Pair("latest", kTagged)));
  EXPECT_THAT(cached.images, UnorderedElementsAre(Pair(kTagged, kImage), Pair(digest('4'), unknown),
                                                  Pair(digest('7'), extreme)));
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(ImageCacheTest, RemembersWhetherADateHasBeenLookedFor) {
  CachedImage undated = kImage;
  undated.created = std::nullopt;
  undated.is_dated = false;
  CachedImage dateless = undated;
  dateless.is_dated = true;
  store({{}, {{kTagged, undated}, {digest('4'), dateless}}});
  EXPECT_THAT(load().images,
              UnorderedElementsAre(Pair(kTagged, undated), Pair(digest('4'), dateless)));
  store({{}, {{kTagged, kImage}}});
  EXPECT_EQ(load().images.at(kTagged), kImage);
}

/// The blobs of each manifest, by its digest.
using NamedContents = std::map<std::string, std::vector<std::pair<std::string, std::uint64_t>>>;

Contents contents_with(const NamedContents& named) {
  Contents contents;
  ContentsBuilder builder(contents);
  for (const auto& [manifest, blobs] : named) {
    std::vector<Blob> list;
    for (const auto& [blob, size] : blobs) list.push_back({Digest(blob), size});
    builder.add(Digest(manifest), list);
  }
  return contents;
}

NamedContents names_in(const Contents& contents) {
  NamedContents named;
  for (const auto& [manifest, blobs] : contents.by_manifest) {
    auto& list = named[manifest.text()];
    for (const std::uint32_t blob : blobs) {
      list.emplace_back(contents.blobs[blob].digest.text(), contents.blobs[blob].size);
    }
  }
  return named;
}

TEST_F(ImageCacheTest, GivesBackTheBlobsOfManifests) {
  const std::string odd = "sha512:" + std::string(128, 'a');
  const NamedContents blobs = {
      {some_digest('1'), {{some_digest('7'), 5}, {odd, 0}, {some_digest('8'), INT64_MAX}}},
      {odd, {{some_digest('8'), INT64_MAX}}},
      {some_digest('4'), {}}};
  CachedRepository updates{{{"latest", kTagged}}, {{kTagged, kImage}}};
  updates.contents = contents_with(blobs);
  store(updates);
  EXPECT_EQ(names_in(load().contents), blobs);
  EXPECT_THAT(load().contents.blobs, SizeIs(3)) << "each once";
  EXPECT_THAT(names_in(load({"r", "app", "all"}).contents), IsEmpty()) << "of another scope";
  store({{{"latest", kTagged}}, {}});
  EXPECT_EQ(names_in(load().contents), blobs);
  updates.contents = contents_with({{some_digest('4'), {{some_digest('9'), 1}}}});
  store(updates);
  EXPECT_THAT(names_in(load().contents).at(some_digest('4')),
              ElementsAre(Pair(some_digest('9'), 1)));
  updates.contents = contents_with({{some_digest('4'), {{some_digest('7'), 6}}}});
  store(updates);
  const NamedContents consistent = {{odd, {{some_digest('8'), INT64_MAX}}}};
  EXPECT_EQ(names_in(load().contents), consistent) << "the others contradict each other";
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(ImageCacheTest, KeepsBlobsAsLongAsATagNeedsThem) {
  CachedRepository updates{{{"old", kTagged}, {"stays", digest('6')}},
                           {{kTagged, kImage}, {digest('6'), kImage}}};
  updates.indexes[kTagged] = {{digest('2'), digest('7')}, {digest('9')}};
  updates.indexes[digest('6')] = {{digest('5')}, {digest('7')}};
  updates.indexes[digest('5')] = {{digest('8')}, {}};
  NamedContents blobs;
  for (const char manifest : {'1', '2', '5', '6', '7', '8', '9'}) {
    blobs[some_digest(manifest)] = {{some_digest('a'), 5}};
  }
  updates.contents = contents_with(blobs);
  store(updates);
  store_all_of({}, {"old", "stays"});
  EXPECT_EQ(names_in(load().contents), blobs);
  store_all_of({}, {"stays"});
  for (const char gone : {'1', '2', '9'}) blobs.erase(some_digest(gone));
  EXPECT_EQ(names_in(load().contents), blobs);
  for (int level = 0; level < 2; ++level) store_all_of({}, {});  // of nested indexes
  EXPECT_THAT(run_sql("SELECT scope FROM contents"), IsEmpty());
}

TEST_F(ImageCacheTest, IgnoresBlobsThatItHasNotPacked) {
  const NamedContents blobs = {{some_digest('1'), {{some_digest('7'), 5}}}};
  CachedRepository updates{{{"latest", kTagged}}, {{kTagged, kImage}}};
  updates.contents = contents_with(blobs);
  store(updates);
  const std::string rows[] = {"'x', x''",
                              "zeroblob(31), x''",
                              "7, x''",
                              "zeroblob(32), zeroblob(40)",
                              "zeroblob(32), zeroblob(9)",
                              "zeroblob(32), 'no blob'",
                              "zeroblob(32), ''",
                              "zeroblob(32), 5"};
  for (const std::string& row : rows) {
    SCOPED_TRACE(row);
    run_sql("INSERT INTO contents SELECT id, " + row + " FROM scopes");
    EXPECT_EQ(names_in(load().contents), blobs);
    run_sql("DELETE FROM contents WHERE digest <> x'" + std::string(64, '1') + "'");
  }
  run_sql("INSERT INTO contents SELECT id, zeroblob(32), x'' FROM scopes");
  EXPECT_THAT(names_in(load().contents), SizeIs(2)) << "an image without blobs";
}

TEST_F(ImageCacheTest, GivesBackWhatIndexesContainInItsOrder) {
  const CacheScope all{"r", "app", "all"};
  const Digest odd("sha512:" + std::string(128, 'a'));
  CachedRepository updates{{{"latest", kTagged}}, {{kTagged, kImage}, {digest('5'), kImage}}};
  updates.indexes[kTagged] = {{digest('9'), odd, digest('5'), digest('9')}, {digest('3'), odd}};
  updates.indexes[digest('9')] = {{digest('4')}, {}};
  store(updates, all);
  EXPECT_EQ(load(all).indexes, updates.indexes);
  EXPECT_THAT(load().indexes, IsEmpty()) << "of another scope";
  updates.indexes = {{kTagged, {{odd}, {}}}};
  store(updates, all);
  EXPECT_EQ(load(all).indexes[kTagged], updates.indexes[kTagged]);
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(ImageCacheTest, KeepsWhatIndexesContainAsLongAsATagNeedsIt) {
  CachedRepository updates{{{"old", kTagged}, {"stays", digest('6')}},
                           {{kTagged, kImage},
                            {digest('2'), kImage},
                            {digest('6'), kImage},
                            {digest('7'), kImage},
                            {digest('8'), kImage}}};
  updates.indexes[kTagged] = {{digest('2'), digest('7')}, {}};
  updates.indexes[digest('6')] = {{digest('5')}, {digest('7')}};
  updates.indexes[digest('5')] = {{digest('8')}, {}};
  store(updates);
  store_all_of({}, {"stays"});
  updates.indexes.erase(kTagged);
  EXPECT_EQ(load().indexes, updates.indexes);
  EXPECT_THAT(load().images,
              UnorderedElementsAre(Pair(digest('6'), kImage), Pair(digest('7'), kImage),
                                   Pair(digest('8'), kImage)));
}

TEST_F(ImageCacheTest, IgnoresChildrenThatAreNoDigests) {
  store({{{"latest", kTagged}}, {{kTagged, kImage}}});
  run_sql("INSERT INTO children SELECT id, 'x', 0, 0, zeroblob(32) FROM scopes");
  run_sql("INSERT INTO children SELECT id, zeroblob(32), 0, 0, 'x' FROM scopes");
  run_sql("INSERT INTO children SELECT id, zeroblob(32), 0, 1, zeroblob(31) FROM scopes");
  EXPECT_THAT(load().indexes, IsEmpty());
  EXPECT_THAT(load().tags, SizeIs(1));
}

TEST_F(ImageCacheTest, TakesDigestsOfOtherAlgorithms) {
  const Digest tagged("sha512:" + std::string(128, 'a'));
  const CachedImage image{Digest("sha384:" + std::string(96, 'b')), tagged};
  store_all_of({{{"latest", tagged}}, {{tagged, image}}}, {"latest"});
  EXPECT_THAT(load().tags, ElementsAre(Pair("latest", tagged)));
  EXPECT_THAT(load().images, ElementsAre(Pair(tagged, image)));
}

TEST_F(ImageCacheTest, HasNothingAtFirst) {
  EXPECT_THAT(load().tags, IsEmpty());
  EXPECT_THAT(load().images, IsEmpty());
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(ImageCacheTest, KeepsRegistriesRepositoriesAndPlatformsApart) {
  store({{{"latest", kTagged}}, {{kTagged, kImage}}});
  EXPECT_THAT(load({"r", "app", "linux/amd64"}).images, SizeIs(1));
  EXPECT_THAT(load({"r me", "app", "linux/amd64"}).images, IsEmpty());
  EXPECT_THAT(load({"r", "app2", "linux/amd64"}).images, IsEmpty());
  EXPECT_THAT(load({"r", "ap", "linux/amd64"}).images, IsEmpty());
  EXPECT_THAT(load({"r", "APP", "linux/amd64"}).images, IsEmpty());
  EXPECT_THAT(load({"r", "app", "linux/arm64"}).images, IsEmpty());
  EXPECT_THAT(load({"r", "app", "linux/arm64"}).tags, IsEmpty());
}

TEST_F(ImageCacheTest, GivesNoTagWhoseImageItDoesNotHave) {
  store({{{"latest", kTagged}}, {}});
  EXPECT_THAT(load().tags, IsEmpty());
}

TEST_F(ImageCacheTest, AddsToWhatItHasAndReplacesWhatChanged) {
  ImageCache one = cache();
  one.store(kScope, {{{"latest", kTagged}, {"1", kTagged}}, {{kTagged, kImage}}});
  one.store(kScope, {{{"latest", digest('9')}}, {{digest('9'), kImage}}});
  one.store({"r", "app", "another"}, {{{"latest", digest('8')}}, {{digest('8'), kImage}}});
  EXPECT_THAT(one.load(kScope).tags, ElementsAre(Pair("1", kTagged), Pair("latest", digest('9'))));
  EXPECT_THAT(one.load(kScope).images, SizeIs(2));
}

TEST_F(ImageCacheTest, TakesNamesAsTheyAre) {
  const std::string odd = "a'; DROP TABLE images; --\n\"\xff";
  store({{{odd, kTagged}}, {{kTagged, kImage}}}, {odd, odd, odd});
  EXPECT_THAT(load({odd, odd, odd}).tags, ElementsAre(Pair(odd, kTagged)));
}

TEST_F(ImageCacheTest, LeavesOutWhatItCannotHold) {
  CachedImage huge = kImage;
  huge.size = UINT64_MAX;
  CachedImage slashed = kImage;
  slashed.platform = Platform{"a/b", "c", ""};
  store({{{"latest", kTagged}}, {{kTagged, huge}, {digest('5'), slashed}, {digest('4'), kImage}}});
  EXPECT_THAT(load().images, ElementsAre(Pair(digest('4'), kImage)));
  EXPECT_THAT(load().tags, IsEmpty());
  EXPECT_THAT(run_sql("SELECT count(*) FROM images"), ElementsAre("1"));
}

TEST_F(ImageCacheTest, DropsTagsThatTheRepositoryNoLongerHasAndImagesWithoutTag) {
  const CacheScope other{"r", "app", "linux/arm64"};
  store({{{"old", kTagged}}, {{kTagged, kImage}}}, other);
  store({{{"old", kTagged}, {"latest", digest('4')}, {"stays", digest('5')}},
         {{kTagged, kImage}, {digest('4'), kImage}, {digest('5'), kImage}}});
  store_all_of({{{"latest", digest('6')}}, {{digest('6'), kImage}}}, {"stays", "new", "latest"});
  EXPECT_THAT(load().tags, ElementsAre(Pair("latest", digest('6')), Pair("stays", digest('5'))));
  EXPECT_THAT(load().images,
              UnorderedElementsAre(Pair(digest('5'), kImage), Pair(digest('6'), kImage)));
  EXPECT_THAT(load(other).tags, SizeIs(1));
  store_all_of({}, {});
  EXPECT_THAT(run_sql("SELECT tag FROM tags"), ElementsAre("old"));
  EXPECT_THAT(run_sql("SELECT scope FROM images"), SizeIs(1));
}

TEST_F(ImageCacheTest, DropsNothingWhenTheListOfTagsIsIncomplete) {
  store({{{"old", kTagged}, {"latest", digest('4')}}, {{kTagged, kImage}, {digest('4'), kImage}}});
  store({{{"latest", kTagged}}, {}});
  EXPECT_THAT(load().tags, SizeIs(2));
  EXPECT_THAT(load().images, SizeIs(2));
}

TEST_F(ImageCacheTest, IsForTheUserAlone) {
  store({{}, {{kTagged, kImage}}});
  EXPECT_EQ(fs::status(path()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(directory_ / "deep").permissions(), fs::perms::owner_all);
}

/// Whoever may write to the file can at worst make a listing wrong.
TEST_F(ImageCacheTest, IgnoresRowsThatItHasNotWrittenLikeThis) {
  store({{{"latest", kTagged}}, {{kTagged, kImage}}});
  const std::string ok = "'" + some_digest('4') + "'";
  const std::string rows[] = {
      "'x', NULL, NULL, 0, 1",
      "x'', NULL, NULL, 0, 1",
      "zeroblob(31), NULL, NULL, 0, 1",
      "zeroblob(33), NULL, NULL, 0, 1",
      "12, NULL, NULL, 0, 1",
      ok + " || char(10), NULL, NULL, 0, 1",
      ok + ", 'x', NULL, 0, 1",
      ok + ", x'00', NULL, 0, 1",
      ok + ", 1.5, NULL, 0, 1",
      ok + ", NULL, '../../etc/passwd', 0, 1",
      ok + ", NULL, 'sha256:abc', 0, 1",
      ok + ", NULL, NULL, -1, 1",
      ok + ", NULL, NULL, 0, -1",
      ok + ", NULL, NULL, 0, 8",
      ok + ", NULL, NULL, 0, 257",
      ok + ", NULL, NULL, 0, 'application/json'",
  };
  for (const std::string& row : rows) {
    SCOPED_TRACE(row);
    run_sql("DELETE FROM images WHERE digest <> x'" + std::string(64, '1') + "'");
    run_sql(
        "INSERT INTO images (scope, digest, manifest, id, size, media_type, dated) VALUES (1, " +
        row + ", 1)");
    EXPECT_THAT(load().images, ElementsAre(Pair(kTagged, kImage)));
  }
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(ImageCacheTest, IgnoresAnImageOfWhichItDoesNotSayWhetherItsDateIsKnown) {
  store({{{"latest", kTagged}}, {{kTagged, kImage}}});
  for (const std::string dated : {"'yes'", "0.5", "x'01'", "''"}) {
    run_sql("UPDATE images SET dated = " + dated);
    EXPECT_THAT(load().images, IsEmpty()) << dated;
  }
  run_sql("UPDATE images SET dated = 7");
  EXPECT_THAT(load().images, ElementsAre(Pair(kTagged, kImage)));
}

TEST_F(ImageCacheTest, TakesOddValuesForUnknownOnes) {
  store({{{"latest", kTagged}}, {{kTagged, kImage}}});
  run_sql("UPDATE images SET id = NULL, created = 'yesterday', size = 1.5, platform = x'00'");
  run_sql("UPDATE scopes SET seen = 'never'");
  const CachedImage odd{kImage.manifest, std::nullopt,      std::nullopt,
                        std::nullopt,    kImage.media_type, std::nullopt};
  EXPECT_THAT(load().images, ElementsAre(Pair(kTagged, odd)));
  run_sql(
      "UPDATE images SET created = -9223372036854775808, size = 9223372036854775807, "
      "platform = 'a/b/c/d'");
  EXPECT_EQ(load().images.at(kTagged).created, Time(std::chrono::seconds(INT64_MIN)));
  EXPECT_EQ(load().images.at(kTagged).size, static_cast<std::uint64_t>(INT64_MAX));
  EXPECT_EQ(load().images.at(kTagged).platform, (Platform{"a", "b", "c"}));
  run_sql("UPDATE images SET platform = ''");
  EXPECT_EQ(load().images.at(kTagged).platform, Platform{});
}

TEST_F(ImageCacheTest, GivesOnlyTagsWithAValidDigest) {
  store({{{"latest", kTagged}}, {{kTagged, kImage}}});
  run_sql("UPDATE tags SET digest = 'x\"' || char(13) || char(10) || 'Evil: 1'");
  EXPECT_THAT(load().tags, IsEmpty());
}

TEST_F(ImageCacheTest, RefusesADirectoryThatOthersCanWriteTo) {
  for (const int mode : {0720, 0702, 0777}) {
    fs::create_directories(directory_ / "deep");
    fs::permissions(directory_ / "deep", static_cast<fs::perms>(mode));
    fake_.err.content.clear();
    store({{{"latest", kTagged}}, {{kTagged, kImage}}});
    EXPECT_THAT(fake_.err.content,
                HasSubstr(" WARNING cache " + path() +
                          ": others can write to its directory; going on without it\n"));
    EXPECT_THAT(fs::is_empty(directory_ / "deep"), true);
  }
}

TEST_F(ImageCacheTest, RefusesFilesThatOthersCanWriteTo) {
  for (const std::string suffix : {"", "-wal", "-shm", "-journal"}) {
    SCOPED_TRACE(suffix);
    fs::remove_all(directory_);
    store({{{"latest", kTagged}}, {{kTagged, kImage}}});
    std::ofstream(path() + suffix, std::ios::app).flush();
    fs::permissions(path() + suffix, fs::perms::group_write, fs::perm_options::add);
    fake_.err.content.clear();
    EXPECT_THAT(load().tags, IsEmpty());
    EXPECT_THAT(fake_.err.content,
                HasSubstr("others can write to cache.sqlite" + suffix + "; going on without it\n"));
  }
}

TEST_F(ImageCacheTest, RefusesWhatBelongsToSomebodyElse) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  constexpr uid_t kSomebody = 65534;
  for (const std::string& mine : {(directory_ / "deep").string(), path(), path() + "-wal"}) {
    SCOPED_TRACE(mine);
    fs::remove_all(directory_);
    store({{{"latest", kTagged}}, {{kTagged, kImage}}});
    std::ofstream(path() + "-wal").flush();
    ASSERT_EQ(chown(mine.c_str(), kSomebody, kSomebody), 0);
    fake_.err.content.clear();
    EXPECT_THAT(load().tags, IsEmpty());
    EXPECT_THAT(fake_.err.content, HasSubstr("belongs to another user; going on without it\n"));
  }
}

TEST_F(ImageCacheTest, FollowsNoLinks) {
  const fs::path elsewhere = temporary_.path() / "elsewhere";
  for (const std::string& link : {(directory_ / "deep").string(), path(), path() + "-wal"}) {
    for (const bool is_dangling : {false, true}) {
      SCOPED_TRACE(link);
      fs::remove_all(directory_);
      fs::remove_all(elsewhere);
      fs::create_directories(fs::path(link).parent_path());
      if (link == directory_ / "deep") fs::create_directory(elsewhere);
      if (link != directory_ / "deep" && !is_dangling) std::ofstream(elsewhere).flush();
      fs::create_symlink(elsewhere, link);
      fake_.err.content.clear();
      store({{{"latest", kTagged}}, {{kTagged, kImage}}});
      EXPECT_EQ(count_warnings(), 1U);
      EXPECT_TRUE(!fs::exists(elsewhere) || fs::is_empty(elsewhere));
    }
  }
}

TEST_F(ImageCacheTest, FollowsLinksAboveItsDirectory) {
  fs::create_directory(temporary_.path() / "disk");
  fs::create_directory_symlink(temporary_.path() / "disk", directory_);
  store({{{"latest", kTagged}}, {{kTagged, kImage}}});
  EXPECT_THAT(load().tags, SizeIs(1));
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(ImageCacheTest, RefusesNamedPipesWithoutWaiting) {
  fs::create_directories(directory_ / "deep");
  for (const std::string& name : {path(), path() + "-wal"}) {
    ASSERT_EQ(mkfifo(name.c_str(), 0600), 0);
    fake_.err.content.clear();
    EXPECT_THAT(load().tags, IsEmpty());
    EXPECT_THAT(fake_.err.content, HasSubstr("is not a regular file; going on without it\n"));
    fs::remove(name);
  }
}

TEST_F(ImageCacheTest, StaysInTheDirectoryThatItHasOpened) {
  {
    ImageCache one = cache();
    one.load(kScope);
    fs::rename(directory_ / "deep", directory_ / "moved");
    fs::create_directory(directory_ / "deep");
    one.store(kScope, {{{"latest", kTagged}}, {{kTagged, kImage}}});
  }
  EXPECT_TRUE(fs::is_empty(directory_ / "deep"));
  fs::remove(directory_ / "deep");
  fs::rename(directory_ / "moved", directory_ / "deep");
  EXPECT_THAT(load().tags, SizeIs(1));
  EXPECT_THAT(fs::exists(path() + "-wal"), false);
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(ImageCacheTest, EmptiesAFileThatIsNoDatabaseWithOneWarning) {
  fs::create_directories(directory_ / "deep");
  for (const std::string& content :
       {std::string(5000, 'x'), "SQLite format 3" + std::string(5000, '\0')}) {
    std::ofstream(path()) << content;
    fake_.err.content.clear();
    ImageCache one = cache();
    EXPECT_THAT(one.load(kScope).images, IsEmpty());
    one.store(kScope, {{{"latest", kTagged}}, {{kTagged, kImage}}});
    EXPECT_THAT(one.load(kScope).images, SizeIs(1));
    EXPECT_THAT(fake_.err.content, HasSubstr(" WARNING cache " + path() + ": "));
    EXPECT_THAT(fake_.err.content, HasSubstr("; starting with an empty one\n"));
    EXPECT_THAT(load().images, SizeIs(1));
    EXPECT_EQ(count_warnings(), 1U);
  }
}

TEST_F(ImageCacheTest, GoesOnWithoutTheDatabaseOfAnotherProgramAndLeavesItAsItIs) {
  const std::string databases[] = {
      "CREATE TABLE images (x); CREATE VIEW tags AS SELECT 1 AS x",
      "PRAGMA application_id = 1",
      "PRAGMA user_version = 1",
  };
  for (const std::string& sql : databases) {
    SCOPED_TRACE(sql);
    fs::remove_all(directory_);
    fs::create_directories(directory_ / "deep");
    run_sql(sql);
    std::stringstream before;
    before << std::ifstream(path()).rdbuf();
    fake_.err.content.clear();
    EXPECT_THAT(load().images, IsEmpty());
    EXPECT_THAT(fake_.err.content, HasSubstr("made by another program; going on without it"));
    std::stringstream after;
    after << std::ifstream(path()).rdbuf();
    EXPECT_EQ(after.str(), before.str());
  }
}

TEST_F(ImageCacheTest, EmptiesAFileWhoseTablesAreNotItsOwn) {
  const std::string changes[] = {
      "PRAGMA user_version = 3",
      "DROP TABLE images; CREATE TABLE images (x)",
      "DROP TABLE tags; CREATE VIEW tags AS SELECT 1 AS scope, 'x' AS tag, zeroblob(32) AS digest",
      "CREATE TABLE another (x)",
      "CREATE INDEX i ON tags (digest)",
      "CREATE TRIGGER t AFTER INSERT ON images BEGIN INSERT INTO tags "
      "WITH RECURSIVE x(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM x) SELECT 1, a, '' FROM x; END",
  };
  for (const std::string& sql : changes) {
    SCOPED_TRACE(sql);
    fs::remove_all(directory_);
    store({{{"latest", kTagged}}, {{kTagged, kImage}}});
    run_sql(sql);
    fake_.err.content.clear();
    store({{{"new", kTagged}}, {{kTagged, kImage}}});
    EXPECT_THAT(
        fake_.err.content,
        HasSubstr("its tables are not those of this version; starting with an empty one\n"));
    EXPECT_THAT(load().tags, ElementsAre(Pair("new", kTagged)));
    EXPECT_EQ(count_warnings(), 1U);
  }
}

/// A limit on the size of files, as `ulimit -f` sets it.
TEST_F(ImageCacheTest, KeepsNothingOfWhatItCannotStoreWhole) {
  store({});
  CachedRepository much;
  for (int i = 0; i < 5000; ++i) much.images.emplace(numbered_digest(i), kImage);
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);  // as the program does
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{200'000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  {
    ImageCache one = cache();
    one.store(kScope, much);
    EXPECT_THAT(one.load(kScope).images, IsEmpty());
  }
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, ignored);
  EXPECT_THAT(fake_.err.content, HasSubstr("; going on without it\n"));
  EXPECT_EQ(count_warnings(), 1U);
  EXPECT_THAT(run_sql("SELECT scope FROM images UNION ALL SELECT scope FROM tags"), IsEmpty());
}

TEST_F(ImageCacheTest, SurvivesADamagedFile) {
  CachedRepository much;
  for (int i = 0; i < 400; ++i) {
    much.tags.emplace(std::to_string(i), numbered_digest(i));
    much.images.emplace(numbered_digest(i), kImage);
  }
  store(much);
  std::stringstream stream;
  stream << std::ifstream(path()).rdbuf();
  const std::string whole = stream.str();
  for (unsigned seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::string damaged = whole;
    for (unsigned i = 0; i <= seed % 20; ++i) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    std::ofstream(path()) << damaged;
    fake_.err.content.clear();
    {
      ImageCache one = cache();
      one.load(kScope);
      one.store(kScope, much, std::vector<std::string>{"1", "2"});
      one.load(kScope);
    }
    EXPECT_LE(count_warnings(), 1U);
    EXPECT_THAT(fake_.err.content, Not(HasSubstr("going on without it")));
    fs::remove(path() + "-wal");
    fs::remove(path() + "-shm");
  }
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
  ImageCache none("", fake_.clock, fake_.log);
  none.store(kScope, {{}, {{kTagged, kImage}}});
  EXPECT_THAT(none.load(kScope).images, IsEmpty());
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(ImageCacheTest, MakesNoFileBeforeItIsUsed) {
  { const ImageCache unused = cache(); }
  EXPECT_FALSE(fs::exists(directory_));
}

TEST_F(ImageCacheTest, TakesNoteOfTheDayOnWhichAScopeWasLastUsed) {
  const auto day = std::chrono::floor<std::chrono::days>(fake_.clock.time);
  const auto number = [&](int days) {
    return std::to_string((day.time_since_epoch() + std::chrono::days(days)).count());
  };
  store({{{"latest", kTagged}}, {{kTagged, kImage}}});
  EXPECT_THAT(run_sql("SELECT seen FROM scopes"), ElementsAre(number(0)));
  fake_.clock.time += std::chrono::days(3);
  load({"r", "another", "linux/amd64"});
  EXPECT_THAT(run_sql("SELECT seen FROM scopes"), ElementsAre(number(0)));
  load();
  EXPECT_THAT(run_sql("SELECT seen FROM scopes"), ElementsAre(number(3)));
  fake_.clock.time += std::chrono::days(1);
  store({});
  EXPECT_THAT(run_sql("SELECT seen FROM scopes"), ElementsAre(number(4)));
}

TEST_F(ImageCacheTest, IsReadWithoutWaitingForAProcessThatWrites) {
  store({{{"latest", kTagged}}, {{kTagged, kImage}}});
  SqliteDatabase other(path());
  other.execute("BEGIN IMMEDIATE");
  EXPECT_THAT(load().images, SizeIs(1));
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(ImageCacheTest, GetsItsTablesOnceWhenSeveralProcessesFindNoFile) {
  fs::create_directories(directory_ / "deep");
  std::array<int, 2> gate{};
  ASSERT_EQ(pipe(gate.data()), 0);
  std::vector<pid_t> children;
  for (const char* repository : {"a", "b"}) {
    children.push_back(run_in_child([&] {
      char ignored = 0;
      ASSERT_EQ(read(gate[0], &ignored, 1), 1);
      store({{{"latest", kTagged}}, {{kTagged, kImage}}}, {"r", repository, "linux/amd64"});
    }));
  }
  // Lets both of them see an empty file before either of them can change it.
  std::optional<SqliteDatabase> first(path());
  first->execute("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE");
  ASSERT_EQ(write(gate[1], "ab", 2), 2);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  first.reset();
  for (const pid_t child : children) EXPECT_TRUE(succeeds(child));
  for (const int end : gate) close(end);
  EXPECT_THAT(load({"r", "a", "linux/amd64"}).tags, SizeIs(1));
  EXPECT_THAT(load({"r", "b", "linux/amd64"}).tags, SizeIs(1));
}

/// Limits that some repositories of 100 tags, 19 to 20 kB each, exceed.
class FullImageCacheTest : public ImageCacheTest {
 protected:
  FullImageCacheTest() { limits_ = {210'000, std::chrono::days(7), 410'000}; }

  static CacheScope scope(int number) { return {"r", std::to_string(number), "linux/amd64"}; }
  /// A hundred tags of images that no other repository has.
  static CachedRepository content(int number) {
    CachedRepository repository;
    for (int i = 1; i <= 100; ++i) {
      const Digest tagged = numbered_digest(1000 * number + i);
      repository.tags.emplace(fmt::format("v1.{}", i), tagged);
      repository.images.emplace(tagged, kImage);
    }
    repository.indexes[numbered_digest(1000 * number + 1)] = {{digest('2')}, {}};
    repository.contents = contents_with({{some_digest('2'), {{some_digest('3'), 5}}}});
    return repository;
  }
  /// One run that stores the repositories from `first` to `last`.
  void store_all(int first, int last) {
    ImageCache run = cache();
    for (int number = first; number <= last; ++number) run.store(scope(number), content(number));
  }
  std::vector<std::string> cached() { return run_sql("SELECT repository FROM scopes ORDER BY id"); }
};

TEST_F(FullImageCacheTest, DropsWhatWasNotUsedForTheLongestTime) {
  store_all(1, 5);
  fake_.clock.time += std::chrono::days(1);
  store_all(6, 10);
  load(scope(2));
  fake_.clock.time += std::chrono::days(8);
  store_all(11, 12);
  EXPECT_THAT(cached(), ElementsAre("2", "6", "7", "8", "9", "10", "11", "12"));
  EXPECT_LE(file_size(), limits_.soft_bytes);
  EXPECT_THAT(run_sql("PRAGMA freelist_count"), ElementsAre("0"));
  EXPECT_THAT(run_sql("PRAGMA integrity_check"), ElementsAre("ok"));
  EXPECT_THAT(run_sql("SELECT count(DISTINCT scope) FROM images UNION ALL "
                      "SELECT count(DISTINCT scope) FROM children UNION ALL "
                      "SELECT count(DISTINCT scope) FROM contents UNION ALL "
                      "SELECT count(DISTINCT scope) FROM tags"),
              ElementsAre("8", "8", "8", "8"));
  EXPECT_EQ(load(scope(2)).images, content(2).images);
  EXPECT_EQ(load(scope(12)).tags, content(12).tags);
  EXPECT_THAT(fake_.err.content, IsEmpty());
}

TEST_F(FullImageCacheTest, KeepsWhatWasUsedInTheLastDays) {
  store_all(1, 10);
  fake_.clock.time += std::chrono::days(7);
  store_all(11, 15);
  EXPECT_THAT(cached(), SizeIs(15));
  EXPECT_GT(file_size(), limits_.soft_bytes);
  fake_.clock.time += std::chrono::days(1);
  store_all(15, 15);
  EXPECT_LT(cached().size(), 15U);
  EXPECT_LE(file_size(), limits_.soft_bytes);
  EXPECT_GT(file_size(), limits_.soft_bytes / 2);
}

TEST_F(FullImageCacheTest, DropsRecentScopesOverTheHardLimitButNotThoseOfTheRun) {
  store_all(1, 15);
  store_all(16, 30);
  EXPECT_LE(file_size(), limits_.hard_bytes);
  EXPECT_GT(file_size(), limits_.hard_bytes / 2);
  for (int number = 16; number <= 30; ++number) {
    EXPECT_EQ(load(scope(number)).images.size(), 100U);
  }
  EXPECT_THAT(load(scope(1)).images, IsEmpty());
}

TEST_F(FullImageCacheTest, KeepsWhatTheRunHasLoaded) {
  store_all(1, 15);
  {
    ImageCache run = cache();
    for (int number = 1; number <= 5; ++number) run.load(scope(number));
    for (int number = 16; number <= 24; ++number) run.store(scope(number), content(number));
  }
  for (int number = 1; number <= 5; ++number) EXPECT_THAT(load(scope(number)).tags, SizeIs(100));
  EXPECT_LE(file_size(), limits_.hard_bytes);
}

TEST_F(FullImageCacheTest, DropsSomeOfARunThatAloneExceedsTheHardLimit) {
  store_all(1, 60);
  EXPECT_LE(file_size(), limits_.hard_bytes);
  EXPECT_GT(file_size(), limits_.hard_bytes / 2);
  EXPECT_THAT(load(scope(60)).tags, SizeIs(100));
}

TEST_F(FullImageCacheTest, DropsNothingAfterARunThatStoresNothing) {
  store_all(1, 15);
  fake_.clock.time += std::chrono::days(30);
  load(scope(1));
  EXPECT_THAT(cached(), SizeIs(15));
}

TEST_F(FullImageCacheTest, IsBoundedAlsoIfNoRunGetsToItsEnd) {
  const auto interrupted = [&](int first, int last) {
    EXPECT_TRUE(succeeds(run_in_child([&] {
      ImageCache run = cache();
      for (int number = first; number <= last; ++number) run.store(scope(number), content(number));
      _exit(0);
    })));
  };
  interrupted(1, 60);
  EXPECT_LE(file_size(), limits_.hard_bytes);
  EXPECT_GT(file_size(), limits_.hard_bytes / 2);
  fake_.clock.time += std::chrono::days(8);
  for (int number = 61; number <= 64; ++number) interrupted(number, number);
  EXPECT_LE(file_size(), limits_.soft_bytes + 20'000);
  EXPECT_THAT(load(scope(64)).tags, SizeIs(100));
}

TEST_F(FullImageCacheTest, GivesFreedPagesBack) {
  limits_ = {};
  store_all(1, 30);
  const auto before = file_size();
  limits_ = {100'000, std::chrono::days(7), 1'000'000};
  {
    ImageCache run = cache();
    for (int number = 1; number <= 27; ++number) {
      run.store(scope(number), {}, std::vector<std::string>{});
    }
  }
  EXPECT_THAT(cached(), SizeIs(30));
  EXPECT_LT(file_size(), before / 5);
  EXPECT_FALSE(fs::exists(path() + "-wal"));
}

TEST_F(FullImageCacheTest, LetsNoLogGrowBesideIt) {
  ImageCache other = cache();  // an open database keeps the log
  other.load(scope(1));
  store_all(1, 60);
  EXPECT_LE(fs::file_size(path() + "-wal"), 100'000U);
  EXPECT_LE(file_size(), limits_.hard_bytes);
}

TEST_F(FullImageCacheTest, ServesSeveralProcessesAtOnce) {
  constexpr int kProcesses = 4;
  constexpr int kPerProcess = 10;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    children.push_back(
        run_in_child([&] { store_all(i * kPerProcess, (i + 1) * kPerProcess - 1); }));
  }
  for (const pid_t child : children) EXPECT_TRUE(succeeds(child));
  EXPECT_THAT(run_sql("PRAGMA integrity_check"), ElementsAre("ok"));
  EXPECT_THAT(run_sql("PRAGMA auto_vacuum"), ElementsAre("2"));
  for (const std::string& name : cached()) {
    EXPECT_EQ(load(scope(std::stoi(name))).images, content(std::stoi(name)).images);
  }
}

/// What loses its scope between two statements of one process must not get that of another.
TEST_F(FullImageCacheTest, GoesOnWhenAnotherProcessDropsItsScopes) {
  ImageCache one = cache();
  one.store(scope(1), content(1));
  run_sql("DELETE FROM scopes; DELETE FROM images; DELETE FROM tags");
  store_all(2, 2);
  EXPECT_THAT(one.load(scope(1)).tags, IsEmpty());
  one.store(scope(1), content(1));
  EXPECT_EQ(one.load(scope(1)).tags, content(1).tags);
  EXPECT_EQ(one.load(scope(2)).tags, content(2).tags);
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
