// What is taken from the cache in place of asking a registry again.
#include "source/oci/recent_answers.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"
#include "source/oci/lister.h"
#include "source/oci/sqlite.h"
#include "source/registry/store.h"
#include "support/fake_world.h"
#include "support/listings.h"
#include "support/registry_content.h"
#include "support/temporary_directory.h"

namespace dkr {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::Throws;
using testing::UnorderedElementsAre;

const std::string kRoot = "http://localhost:5000/v2/";

/// localhost:5000, whose repository `a` has the tags 1 and 2, and a cache.
class RecentAnswersTest : public testing::Test {
 protected:
  RecentAnswersTest() { query_.platform = {"linux", "amd64", ""}; }

  void expect(const std::string& path, ScriptedHttp::Answer answer) {
    fake_.http.expect_sometime(kRoot + path, std::move(answer));
  }
  void expect_catalog(const std::string& names = R"("a")") {
    expect("_catalog?n=1000", ok(R"({"repositories": [)" + names + "]}"));
  }
  void expect_tags(const std::string& tags = R"("1", "2")") {
    expect("a/tags/list?n=1000", ok(R"({"tags": [)" + tags + "]}"));
  }
  void expect_tag(const std::string& tag, const std::string& manifest) {
    expect("a/manifests/" + tag, manifest_response(manifest));
  }
  void expect_config() { expect("a/blobs/" + digest_of(config_), ok(config_)); }
  /// Each call is another run of the program.
  Listing list(std::optional<minutes> max_stale = std::nullopt) {
    requests_before_ = fake_.http.requests().size();
    Lister lister(store(), cache(), progress_, fake_.log, max_stale);
    return wait(fake_.http, lister.list(query_));
  }
  std::vector<std::string> names(std::optional<minutes> max_stale = std::nullopt) {
    const Listing listing = list(max_stale);
    EXPECT_THAT(listing.failures, IsEmpty());
    return names_of(listing);
  }
  std::unique_ptr<RegistryStore> store() {
    return std::make_unique<RegistryStore>(
        RegistryAddress{"localhost:5000", "http://localhost:5000"}, options_, fake_.http,
        fake_.world, fake_.log);
  }
  std::shared_ptr<ImageCache> cache() {
    return std::make_shared<ImageCache>(file_, fake_.clock, fake_.log);
  }
  /// How many requests the last run sent.
  [[nodiscard]] std::size_t requests() const {
    return fake_.http.requests().size() - requests_before_;
  }
  /// A run that asks for everything.
  void list_all() {
    expect_catalog();
    expect_tags();
    expect_tag("1", one_);
    expect_tag("2", two_);
    expect_config();
    EXPECT_THAT(names(), SizeIs(2));
  }
  void later(std::chrono::seconds duration) { fake_.clock.time += duration; }
  std::string log() { return std::exchange(fake_.err.content, ""); }

  FakeWorld fake_;
  TemporaryDirectory temporary_;
  std::string file_ = (temporary_.path() / "cache/answers.sqlite").string();
  RegistryOptions options_;
  Progress progress_;
  Query query_;
  std::size_t requests_before_ = 0;
  std::string config_ = config_created("2020-01-01T00:00:00Z");
  std::string one_ = manifest_of(config_, 1000);
  std::string two_ = manifest_of(config_, 2000);
};

TEST_F(RecentAnswersTest, NeedNoRequestAgain) {
  list_all();
  later(minutes(10));
  log();
  EXPECT_THAT(names(minutes(10)), UnorderedElementsAre("a:1", "a:2"));
  EXPECT_EQ(requests(), 0U);
  EXPECT_THAT(log(), HasSubstr("INFO localhost:5000: took the catalog, 1 tag list and 2 tags from "
                               "the cache; the oldest of these answers is 10 minutes old"));
  EXPECT_EQ(progress_.tags_done, 4U);
  EXPECT_EQ(progress_.repositories_done, 2U);
}

TEST_F(RecentAnswersTest, AreOnlyTakenWhenTheUserWantsThat) {
  list_all();
  log();
  expect_catalog();
  expect_tags();
  expect("a/manifests/1", status(304));
  expect("a/manifests/2", status(304));
  EXPECT_THAT(names(), SizeIs(2));
  EXPECT_THAT(log(), Not(HasSubstr("from the cache;")));
}

TEST_F(RecentAnswersTest, AreNotTakenWhenTheyAreTooOldOrFromTheFuture) {
  for (const auto& [wait, max_stale] : {std::pair{std::chrono::seconds(601), minutes(10)},
                                        {std::chrono::seconds(1), minutes(0)},
                                        {std::chrono::seconds(-1), minutes(10)},
                                        {std::chrono::hours(24 * 31), minutes(60 * 24 * 365)}}) {
    list_all();
    later(wait);
    expect_catalog();
    expect_tags();
    expect("a/manifests/1", status(304));
    expect("a/manifests/2", status(304));
    EXPECT_THAT(names(max_stale), SizeIs(2));
    std::filesystem::remove(file_);
  }
}

TEST_F(RecentAnswersTest, AreTakenInTheSameSecondOrHoweverOldAnswersMayBe) {
  list_all();
  EXPECT_THAT(names(minutes(0)), SizeIs(2));
  later(std::chrono::hours(24 * 30));
  EXPECT_THAT(names(minutes(INT32_MAX)), SizeIs(2));
  EXPECT_EQ(requests(), 0U);
}

TEST_F(RecentAnswersTest, HaveAnAgeOfTheirOwn) {
  list_all();
  later(minutes(8));
  query_.filter.tags = {"1"};
  expect_catalog();
  expect_tags();
  expect("a/manifests/1", status(304));
  EXPECT_THAT(names(), ElementsAre("a:1"));
  later(minutes(8));
  query_.filter.tags = {};
  expect("a/manifests/2", status(304));
  EXPECT_THAT(names(minutes(10)), UnorderedElementsAre("a:1", "a:2"));
}

TEST_F(RecentAnswersTest, AreKeptApartFromThoseThatAnotherRunAskedFor) {
  query_.filter.tags = {"1"};
  expect_catalog();
  expect_tags();
  expect_tag("1", one_);
  expect_config();
  EXPECT_THAT(names(), SizeIs(1));
  query_.filter.tags = {"2"};
  expect_tag("2", two_);
  expect_config();
  EXPECT_THAT(names(minutes(10)), ElementsAre("a:2"));
  query_.filter.tags = {};
  EXPECT_THAT(names(minutes(10)), UnorderedElementsAre("a:1", "a:2"));
  EXPECT_EQ(requests(), 0U);
}

TEST_F(RecentAnswersTest, ForgetTagsThatAreNotInTheListAnyMore) {
  list_all();
  query_.filter.tags = {"1"};
  expect_catalog();
  expect_tags(R"("1")");
  expect("a/manifests/1", status(304));
  EXPECT_THAT(names(), SizeIs(1));
  query_.filter.tags = {};
  expect_catalog();
  expect_tags();
  expect("a/manifests/1", status(404));
  expect("a/manifests/2", status(404));
  EXPECT_THAT(names(), IsEmpty());
  expect("a/manifests/1", status(404));
  expect("a/manifests/2", status(404));
  EXPECT_THAT(names(minutes(10)), IsEmpty());
}

TEST_F(RecentAnswersTest, LackATagThatFailed) {
  expect_catalog();
  expect_tags();
  expect_tag("1", one_);
  expect("a/manifests/2", status(500));
  expect_config();
  EXPECT_THAT(list().failures, SizeIs(1));
  expect_tag("2", two_);
  expect_config();
  EXPECT_THAT(names(minutes(10)), UnorderedElementsAre("a:1", "a:2"));
  EXPECT_EQ(requests(), 2U);
}

TEST_F(RecentAnswersTest, KeepTheEarlierDigestOfATagThatFailed) {
  list_all();
  later(minutes(5));
  expect_catalog();
  expect_tags();
  expect("a/manifests/1", status(304));
  expect("a/manifests/2", status(500));
  EXPECT_THAT(list().failures, SizeIs(1));
  EXPECT_THAT(names(minutes(10)), SizeIs(2));
  EXPECT_EQ(requests(), 0U);
}

TEST_F(RecentAnswersTest, LackATagListThatFailedOrWasCutOff) {
  for (const bool is_cut_off : {false, true}) {
    expect_catalog();
    if (is_cut_off) {
      expect("a/tags/list?n=1000",
             HttpResponse{
                 200, {{"link", "</v2/a/tags/list?last=1>; rel=next"}}, R"({"tags": ["1"]})"});
      expect("a/tags/list?last=1", status(500));
      expect_tag("1", one_);
      expect_config();
    } else {
      expect("a/tags/list?n=1000", status(500));
    }
    EXPECT_THAT(list().failures, SizeIs(1));
    expect_tags();
    if (!is_cut_off) expect_tag("1", one_);
    expect_tag("2", two_);
    expect_config();
    EXPECT_THAT(names(minutes(10)), SizeIs(2));
    std::filesystem::remove(file_);
  }
}

TEST_F(RecentAnswersTest, LackACatalogThatWasCutOffOrHasInvalidNames) {
  for (const bool is_cut_off : {false, true}) {
    if (is_cut_off) {
      expect("_catalog?n=1000",
             HttpResponse{
                 200, {{"link", "</v2/_catalog?last=1>; rel=next"}}, R"({"repositories": ["a"]})"});
      expect("_catalog?last=1", status(500));
    } else {
      expect_catalog(R"("a", "../b")");
    }
    expect_tags();
    expect_tag("1", one_);
    expect_tag("2", two_);
    expect_config();
    EXPECT_THAT(list().failures, SizeIs(1));
    expect_catalog();
    EXPECT_THAT(names(minutes(10)), SizeIs(2));
    EXPECT_EQ(requests(), 1U);
    std::filesystem::remove(file_);
  }
}

TEST_F(RecentAnswersTest, LackATagListWithInvalidNamesButNotOneWithDigests) {
  expect_catalog();
  expect_tags(R"("1", "2", "a b")");
  expect_tag("1", one_);
  expect_tag("2", two_);
  expect_config();
  EXPECT_THAT(list().failures, SizeIs(1));
  expect_tags(R"("1", "2", "sha256:1")");
  EXPECT_THAT(names(minutes(10)), SizeIs(2));
  EXPECT_EQ(requests(), 1U);
  EXPECT_THAT(names(minutes(10)), SizeIs(2));
  EXPECT_EQ(requests(), 0U);
}

TEST_F(RecentAnswersTest, AreThoseOfTheSameUser) {
  list_all();
  fake_.environment.variables["DOCKER_CONFIG"] = "/c";
  fake_.files.files["/c/config.json"] =
      R"({"auths": {"localhost:5000": {"username": "me", "password": "x"}}})";
  expect("", status(404));
  expect_catalog();
  expect_tags();
  expect_tag("1", one_);
  expect_tag("2", two_);
  expect_config();
  EXPECT_THAT(names(minutes(10)), SizeIs(2));
  fake_.environment.variables.clear();
  EXPECT_THAT(names(minutes(10)), SizeIs(2));
  EXPECT_EQ(requests(), 0U);
}

TEST_F(RecentAnswersTest, AreNoneWhereTheyAreDamaged) {
  list_all();
  SqliteDatabase(file_).execute("UPDATE answers SET content = content || x'00'");
  SqliteDatabase(file_).execute("UPDATE answers SET content = CAST(content AS BLOB)");
  expect_catalog();
  expect_tags();
  expect("a/manifests/1", status(304));
  expect("a/manifests/2", status(304));
  EXPECT_THAT(names(minutes(10)), SizeIs(2));
}

TEST_F(RecentAnswersTest, HaveTheManifestReadThatTheCacheLacks) {
  list_all();
  query_.platforms = Platforms::kAll;
  expect_tag(digest_of(one_), one_);
  expect_tag(digest_of(two_), two_);
  expect_config();
  EXPECT_THAT(names(minutes(10)), SizeIs(2));
  EXPECT_EQ(requests(), 3U);
  EXPECT_THAT(names(minutes(10)), SizeIs(2));
  EXPECT_EQ(requests(), 0U);
}

TEST_F(RecentAnswersTest, HaveEachManifestReadOnce) {
  const std::string index = index_of({{"linux/amd64", digest_of(one_)}});
  expect_catalog();
  expect_tags(R"("1", "2", "3")");
  for (const std::string tag : {"1", "2", "3"}) {
    expect(
        "a/manifests/" + tag,
        HttpResponse{200, {{"docker-content-digest", digest_of(tag == "3" ? one_ : index)}}, ""});
  }
  query_.content = Content::kDigests;
  EXPECT_THAT(names(), SizeIs(3));
  EXPECT_THAT(names(minutes(10)), SizeIs(3));
  EXPECT_EQ(requests(), 0U);
  query_.content = Content::kImages;
  expect("a/manifests/" + digest_of(index), manifest_response(index, kOciIndexType));
  expect_tag(digest_of(one_), one_);
  expect_config();
  EXPECT_THAT(names(minutes(10)), UnorderedElementsAre("a:1", "a:2", "a:3"));
  EXPECT_EQ(requests(), 3U);
}

TEST_F(RecentAnswersTest, HaveTheTagAskedForWhenItsManifestIsGone) {
  list_all();
  SqliteDatabase(file_).execute("DELETE FROM images");
  expect("a/manifests/" + digest_of(one_), status(404));
  expect_tag("1", two_);
  expect_tag(digest_of(two_), two_);
  expect_config();
  log();
  const Listing listing = list(minutes(10));
  EXPECT_THAT(names_of(listing), UnorderedElementsAre("a:1", "a:2"));
  EXPECT_EQ(listing.rows[0].image, listing.rows[1].image);
  EXPECT_THAT(log(), HasSubstr("took the catalog, 1 tag list and 1 tag from the cache; the oldest "
                               "of these answers is 0 seconds old"));
}

TEST_F(RecentAnswersTest, AreWhatRepositoriesTakesToo) {
  const auto repositories = [&](std::optional<minutes> max_stale) {
    Lister lister(store(), cache(), progress_, fake_.log, max_stale);
    return wait(fake_.http, lister.repositories()).names;
  };
  expect_catalog(R"("b", "a")");
  EXPECT_THAT(repositories(std::nullopt), ElementsAre("b", "a"));
  EXPECT_THAT(repositories(minutes(10)), ElementsAre("b", "a"));
  EXPECT_THAT(log(), HasSubstr("took the catalog from the cache"));
}

TEST_F(RecentAnswersTest, AreListedAlthoughTheRegistryDoesNotAnswer) {
  list_all();
  SqliteDatabase(file_).execute("DELETE FROM answers WHERE question = 'digests/a'");
  fake_.http.expect_sometime(kRoot + "a/manifests/1", Error(ErrorKind::kUnreachable, "refused"));
  fake_.http.expect_sometime(kRoot + "a/manifests/2", Error(ErrorKind::kUnreachable, "refused"));
  EXPECT_THAT(list(minutes(10)).failures, SizeIs(2));
  SqliteDatabase(file_).execute("DELETE FROM answers WHERE question = 'tags/a'");
  fake_.http.expect_sometime(kRoot + "a/tags/list?n=1000",
                             Error(ErrorKind::kUnreachable, "refused"));
  EXPECT_THAT([&] { list(minutes(10)); }, Throws<Error>());
}

TEST_F(RecentAnswersTest, AreListedAfterTheRegistryWasGivenUp) {
  std::string tags = R"("z")";
  for (int i = 10; i < 50; ++i) tags += ", \"" + std::to_string(i) + "\"";
  expect_catalog();
  expect_tags(tags);
  query_.filter.tags = {"z"};
  expect_tag("z", one_);
  expect_config();
  EXPECT_THAT(names(), ElementsAre("a:z"));
  query_.filter.tags = {};
  options_.jobs = 1;
  for (int i = 10; i < 30; ++i) {
    expect("a/manifests/" + std::to_string(i), Error(ErrorKind::kTimedOut, "no progress"));
  }
  const Listing listing = list(minutes(10));
  EXPECT_THAT(names_of(listing), ElementsAre("a:z"));
  EXPECT_THAT(listing.gaps, SizeIs(40));
}

}  // namespace
}  // namespace dkr
