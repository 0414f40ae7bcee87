#include "source/hub/hub.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/error.h"
#include "support/fake_world.h"
#include "support/listings.h"
#include "support/registry_content.h"
#include "support/temporary_directory.h"

namespace dkr {
namespace {

using std::chrono::minutes, std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Property;
using testing::SizeIs;
using testing::Throws;
using testing::UnorderedElementsAre;

const std::string kTeam = "https://hub.docker.com/v2/namespaces/team/repositories?page_size=100";

std::string hub_tags_url(const std::string& path) {
  const std::size_t slash = path.find('/');
  return fmt::format("https://hub.docker.com/v2/namespaces/{}/repositories/{}/tags?page_size=100",
                     path.substr(0, slash), path.substr(slash + 1));
}

/// An image of a tag, pushed on this day of September 2020.
std::string hub_image(char digit, const std::string& platform = "linux/amd64", int size = 10,
                      int day = 1) {
  const std::size_t slash = platform.find('/');
  return fmt::format(
      R"({{"digest":"{}","os":"{}","architecture":"{}","size":{},"last_pushed":"2020-09-{:02}T00:00:00Z"}})",
      some_digest(digit), platform.substr(0, slash), platform.substr(slash + 1), size, day);
}

/// A tag that points at `digit`.
std::string hub_tag(const std::string& name, char digit, const std::string& images,
                    const std::string& type = kOciIndexType) {
  return fmt::format(
      R"({{"name":"{}","digest":"{}","media_type":"{}","full_size":7,"images":[{}]}})", name,
      some_digest(digit), type, images);
}

/// A tag of one image.
std::string hub_tag(const std::string& name, char digit, int size = 10, int day = 1) {
  return hub_tag(name, digit, hub_image(digit, "linux/amd64", size, day), kOciImageType);
}

HttpResponse page_of(const std::vector<std::string>& entries) {
  return ok(fmt::format(R"({{"results": [{}]}})", fmt::join(entries, ",")));
}

/// Docker Hub, which answers what a test expects it to be asked, in any order.
class HubTest : public testing::Test {
 protected:
  void expect(const std::string& url, ScriptedHttp::Answer answer) {
    fake_.http.expect_sometime(url, std::move(answer));
  }

  std::unique_ptr<Hub> hub() {
    if (!cache_) cache_ = std::make_shared<ImageCache>("", fake_.clock, fake_.log);
    return std::make_unique<Hub>(options_, cache_, fake_.http, fake_.world, progress_, fake_.log);
  }
  Listing list(Query query = {}) {
    query.platform = {"linux", "amd64", ""};
    return wait(fake_.http, hub()->list(std::move(query)));
  }
  Listing list_named(const std::vector<std::string>& names, Query query = {}) {
    query.filter.names = names;
    return list(std::move(query));
  }
  static std::vector<std::string> messages(const std::vector<Failure>& failures) {
    std::vector<std::string> result;
    for (const Failure& failure : failures) result.push_back(failure.message);
    return result;
  }
  static std::vector<std::string> gaps(const Listing& listing) {
    std::vector<std::string> result;
    for (const Gap& gap : listing.gaps) result.push_back(gap.repository + ":" + gap.tag);
    return result;
  }
  [[nodiscard]] std::string log() const { return fake_.err.content; }
  void log_in() {
    fake_.environment.variables["DOCKER_CONFIG"] = "/c";
    fake_.files.files["/c/config.json"] =
        R"({"auths": {"https://index.docker.io/v1/": {"auth": "bWU6c2VjcmV0"}}})";
  }

  FakeWorld fake_;
  Progress progress_;
  HubOptions options_;
  std::shared_ptr<ImageCache> cache_;
};

TEST_F(HubTest, ListsTheTagsOfTheNamedRepositories) {
  expect(hub_tags_url("library/nginx"),
         page_of({hub_tag("1", 'a', 11, 2), hub_tag("2", 'b', 12, 3)}));
  expect(hub_tags_url("team/app"), page_of({hub_tag("3", 'c', 13, 1)}));
  const Listing listing = list_named({"nginx", "team/app", "nginx"});
  EXPECT_THAT(names_of(listing), ElementsAre("nginx:2", "nginx:1", "team/app:3"));
  const Entry first = entries_of(listing)[0];
  EXPECT_EQ(first.id, std::nullopt);
  EXPECT_EQ(first.manifest, some_digest('b'));
  EXPECT_EQ(first.size, 12);
  EXPECT_EQ(first.created, Time(std::chrono::sys_days{std::chrono::year{2020} / 9 / 3}));
  EXPECT_THAT(listing.digests_of(listing.rows[0]), ElementsAre(Digest(some_digest('b'))));
  EXPECT_EQ(listing.rows[0].media_type, MediaType::kOciManifest);
  EXPECT_EQ(to_string(listing.platforms[*listing.images[0].platform]), "linux/amd64");
  EXPECT_THAT(listing.failures, IsEmpty());
  EXPECT_THAT(listing.indexes, IsEmpty());
  EXPECT_EQ(listing.reference_prefix, "");
  EXPECT_EQ(progress_.repositories_done, 2U);
  EXPECT_EQ(progress_.tags_done, 3U);
}

TEST_F(HubTest, ListsANamespace) {
  options_.name_space = "team";
  expect(kTeam, page_of({R"({"name":"b"})", R"({"name":"a"})", R"({"name":"gone"})"}));
  expect(hub_tags_url("team/a"), page_of({hub_tag("1", 'a')}));
  expect(hub_tags_url("team/b"), page_of({}));
  expect(hub_tags_url("team/gone"), status(404));
  const Listing listing = list();
  EXPECT_THAT(names_of(listing), ElementsAre("team/a:1"));
  EXPECT_THAT(listing.failures, IsEmpty());
  EXPECT_THAT(log(), HasSubstr("docker.io/team/gone: in the list of repositories, but gone"));
  expect(kTeam, page_of({R"({"name":"b"})", R"({"name":"a"})"}));
  EXPECT_THAT(wait(fake_.http, hub()->repositories()).names, ElementsAre("team/b", "team/a"));
}

TEST_F(HubTest, ReadsNoRepositoryThatTheFilterDrops) {
  options_.name_space = "team";
  expect(kTeam, page_of({R"({"name":"app"})", R"({"name":"tool"})", R"({"name":"x"})"}));
  expect(hub_tags_url("team/tool"), page_of({hub_tag("1", 'a')}));
  expect(hub_tags_url("team/x"), page_of({hub_tag("2", 'b')}));
  Query query;
  query.filter.prefixes = {"team/t"};
  EXPECT_THAT(names_of(list_named({"team/x"}, query)),
              UnorderedElementsAre("team/tool:1", "team/x:2"));
}

TEST_F(HubTest, HasNoCatalog) {
  const auto refused = Throws<Error>(
      AllOf(Property(&Error::what, HasSubstr("docker.io: Docker Hub has no catalog")),
            Property(&Error::hint, AllOf(HasSubstr("--repo NAME"), HasSubstr("docker.io/NAME")))));
  EXPECT_THAT([&] { list(); }, refused);
  Query query;
  query.filter.prefixes = {"n"};
  EXPECT_THAT([&] { list_named({"nginx"}, query); }, refused);
  EXPECT_THAT([&] { wait(fake_.http, hub()->repositories()); }, refused);
}

TEST_F(HubTest, NamesTheRepositoriesThatDoNotExist) {
  options_.name_space = "team";
  expect(hub_tags_url("team/gone"), status(404));
  expect(hub_tags_url("team/a"), page_of({hub_tag("1", 'a')}));
  const Listing listing = list_named({"team/gone", "team/a", "nginx", "team", "No Name"});
  EXPECT_THAT(names_of(listing), ElementsAre("team/a:1"));
  EXPECT_THAT(messages(listing.failures),
              UnorderedElementsAre(
                  "docker.io/team/gone: there is no such repository, or not without credentials",
                  "docker.io/nginx: not in the namespace that --source names",
                  "docker.io/team: not in the namespace that --source names",
                  "docker.io: --repo holds an invalid repository name: No Name"));
  EXPECT_THAT(listing.absent, UnorderedElementsAre("team/gone", "nginx", "team"));
  EXPECT_THAT(listing.gaps, IsEmpty());
}

TEST_F(HubTest, TakesTheRepositoriesOfTheQuery) {
  expect(hub_tags_url("library/a"), page_of({hub_tag("1", 'a')}));
  expect(hub_tags_url("team/gone"), status(404));
  Query query;
  query.content = Content::kDigests;
  query.repositories = {"a", "team/gone", "No Name"};
  const Listing listing = list(query);
  EXPECT_THAT(names_of(listing), ElementsAre("a:1"));
  EXPECT_THAT(listing.absent, ElementsAre("team/gone"));
  EXPECT_THAT(listing.failures, IsEmpty());
}

TEST_F(HubTest, ChoosesThePlatform) {
  const std::string images = hub_image('1', "unknown/unknown", 1) + "," +
                             hub_image('2', "linux/s390x", 2) + "," +
                             hub_image('3', "linux/amd64", 3, 9);
  expect(hub_tags_url("library/a"), page_of({hub_tag("index", 'a', images)}));
  const Listing listing = list_named({"a"});
  const Entry entry = entries_of(listing)[0];
  EXPECT_EQ(entry.size, 3);
  EXPECT_EQ(entry.manifest, some_digest('3'));
  EXPECT_THAT(listing.digests_of(listing.rows[0]), ElementsAre(Digest(some_digest('a'))));
  EXPECT_EQ(listing.rows[0].media_type, MediaType::kOciIndex);
}

TEST_F(HubTest, ListsAllPlatforms) {
  const std::string images = hub_image('1', "unknown/unknown", 1) + "," +
                             hub_image('2', "linux/s390x", 2) + "," + hub_image('3');
  expect(hub_tags_url("library/a"),
         page_of({hub_tag("index", 'a', images), hub_tag("one", 'b'), hub_tag("none", 'c', "")}));
  Query query;
  query.platforms = Platforms::kAll;
  const Listing listing = list_named({"a"}, query);
  ASSERT_THAT(names_of(listing), ElementsAre("a:index", "a:index", "a:one", "a:none"));
  EXPECT_THAT(listing.digests_of(listing.rows[0]),
              ElementsAre(Digest(some_digest('a')), Digest(some_digest('2'))));
  EXPECT_THAT(listing.digests_of(listing.rows[2]), ElementsAre(Digest(some_digest('b'))));
  EXPECT_EQ(listing.image_of(listing.rows[3]).size, 7) << "that of the tag";
  EXPECT_FALSE(listing.image_of(listing.rows[3]).platform);
  ASSERT_THAT(listing.indexes, SizeIs(1));
  const IndexContent& index = listing.indexes.at(Digest(some_digest('a')));
  EXPECT_THAT(index.manifests, ElementsAre(Digest(some_digest('2')), Digest(some_digest('3'))));
  EXPECT_THAT(index.attestations, ElementsAre(Digest(some_digest('1'))));
  EXPECT_THAT(listing.gaps, IsEmpty());
}

TEST_F(HubTest, ListsAllTagsThatKeepNeeds) {
  expect(hub_tags_url("library/a"),
         page_of({hub_tag("1", 'a'), hub_tag("2", 'b'),
                  hub_tag("index", 'c', hub_image('a') + "," + hub_image('d'))}));
  Query query;
  query.filter.keep = 0;
  query.filter.tags = {"1"};
  Listing listing = list_named({"a"}, query);
  EXPECT_THAT(listing.rows, SizeIs(3));
  (void)apply(query.filter, listing, fake_.clock.now());
  EXPECT_THAT(listing.rows, IsEmpty()) << "the index needs it";
}

TEST_F(HubTest, KeepListsNothingWhereADigestIsNotTold) {
  for (const std::string& unclear : {
           std::string(R"({"name":"x"})"),
           hub_tag("x", 'c', ""),
           hub_tag("x", 'c', hub_image('d') + R"(,{"os":"linux"})"),
           std::string("7"),
       }) {
    expect(hub_tags_url("library/a"), page_of({hub_tag("1", 'a'), unclear}));
    Query query;
    query.filter.keep = 0;
    Listing listing = list_named({"a"}, query);
    EXPECT_THAT(listing.gaps, SizeIs(1)) << unclear;
    EXPECT_THAT(messages(listing.failures), SizeIs(2)) << unclear;
    (void)apply(query.filter, listing, fake_.clock.now());
    EXPECT_THAT(listing.rows, IsEmpty()) << unclear;
  }
}

TEST_F(HubTest, ListsTheTagsThatTheFilterKeeps) {
  expect(hub_tags_url("library/a"), page_of({hub_tag("1", 'a'), hub_tag("2", 'b')}));
  Query query;
  query.filter.tags = {"2"};
  EXPECT_THAT(names_of(list_named({"a"}, query)), ElementsAre("a:2"));
  EXPECT_EQ(progress_.tags_known, 1U);
  expect(hub_tags_url("library/a"), page_of({hub_tag("1", 'a')}));
  query.filter = {};
  query.filter.max_tags = 0;
  EXPECT_THAT(list_named({"a"}, query).rows, IsEmpty());
}

TEST_F(HubTest, TellsDigestsAlone) {
  expect(hub_tags_url("library/a"),
         page_of({hub_tag("1", 'a', hub_image('b') + "," + hub_image('c')), R"({"name":"2"})"}));
  Query query;
  query.content = Content::kDigests;
  const Listing listing = list_named({"a"}, query);
  ASSERT_THAT(names_of(listing), ElementsAre("a:1"));
  EXPECT_THAT(listing.digests_of(listing.rows[0]), ElementsAre(Digest(some_digest('a'))));
  EXPECT_EQ(entries_of(listing)[0].manifest, some_digest('a'));
  EXPECT_THAT(messages(listing.failures),
              ElementsAre("docker.io/a:2: Docker Hub does not tell the digest"));
  EXPECT_THAT(gaps(listing), ElementsAre("a:2"));
  EXPECT_THAT(log(), Not(HasSubstr("CREATED")));
}

TEST_F(HubTest, ListsTheOthersWhenARepositoryFails) {
  options_.name_space = "team";
  expect(kTeam, page_of({R"({"name":"a"})", R"({"name":"b"})", R"({"name":"c"})", "7"}));
  expect(hub_tags_url("team/a"), page_of({hub_tag("1", 'a'), "7"}));
  expect(hub_tags_url("team/b"), status(403));
  expect(hub_tags_url("team/c"), status(401));
  const Listing listing = list();
  EXPECT_THAT(names_of(listing), ElementsAre("team/a:1"));
  EXPECT_THAT(
      messages(listing.failures),
      UnorderedElementsAre("docker.io: repository list: entry 4 is not an object",
                           "docker.io/team/a: tag list: entry 2 is not an object",
                           "docker.io/team/b: tag list: HTTP status 403",
                           "docker.io/team/c: tag list: HTTP status 401 (docker login docker.io)"));
  EXPECT_THAT(gaps(listing), UnorderedElementsAre("team/a:", "team/b:", "team/c:"));
  EXPECT_EQ(progress_.failures, 4U);
}

TEST_F(HubTest, GivesUpWhenNobodyAnswers) {
  expect(hub_tags_url("library/a"), Error(ErrorKind::kUnreachable, "connection refused"));
  EXPECT_THAT([&] { list_named({"a"}); },
              Throws<Error>(Property(&Error::what, HasSubstr("Docker Hub at hub.docker.com: "))));
  std::vector<std::string> names;
  for (int i = 0; i < 30; ++i) {
    names.push_back(fmt::format("r{:02}", i));
    if (i <= 20) {
      expect(
          hub_tags_url("library/" + names.back()),
          i == 0 ? ScriptedHttp::Answer(page_of({})) : Error(ErrorKind::kTimedOut, "no progress"));
    }
  }
  options_.jobs = 1;
  const Listing listing = list_named(names);
  EXPECT_THAT(messages(listing.failures),
              testing::Contains("docker.io: no answer to 20 requests in a row; 9 repositories were "
                                "not asked for"));
  EXPECT_THAT(listing.gaps, SizeIs(29));
}

TEST_F(HubTest, FailsAsAWholeWithoutAToken) {
  log_in();
  expect("https://hub.docker.com/v2/auth/token", status(401));
  const auto refused = Throws<Error>(AllOf(
      Property(&Error::kind, ErrorKind::kUnauthorized),
      Property(&Error::what, HasSubstr("hub.docker.com: Docker Hub does not accept the cred")),
      Property(&Error::hint, "docker login docker.io")));
  EXPECT_THAT([&] { list_named({"a", "b"}); }, refused);
  options_.name_space = "team";
  expect("https://hub.docker.com/v2/auth/token", status(401));
  EXPECT_THAT([&] { wait(fake_.http, hub()->repositories()); }, refused);
}

TEST_F(HubTest, SaysOnceThatDatesAreThoseOfThePush) {
  const auto said = [&](const Query& query, const std::string& level) {
    fake_.err.content.clear();
    expect(hub_tags_url("library/a"), page_of({hub_tag("1", 'a'), hub_tag("2", 'b')}));
    list_named({"a"}, query);
    EXPECT_THAT(log(), HasSubstr(level + " docker.io: CREATED is the date of the push"));
    EXPECT_EQ(log().find("CREATED"), log().rfind("CREATED"));
  };
  Query query;
  query.filter.keep = 1;
  said(query, "INFO");
  query.filter.min_age_days = 1;
  said(query, "WARNING");
  query.filter = {};
  query.filter.max_age_days = 1;
  said(query, "WARNING");
}

TEST_F(HubTest, LooksIntoNoManifest) {
  std::vector<ManifestName> manifests{{"a", Digest(some_digest('a'))},
                                      {"b", Digest(some_digest('b'))}};
  const auto source = hub();
  const ConfigListing found = wait(fake_.http, source->content()->configs(std::move(manifests)));
  EXPECT_THAT(found.configs, ElementsAre(std::nullopt, std::nullopt));
  EXPECT_THAT(found.failures, IsEmpty());
  EXPECT_THAT(log(), HasSubstr("INFO docker.io: manifests are not read without --exact"));
}

TEST_F(HubTest, KnowsRepositoriesByTheirLongNames) {
  for (const std::string name :
       {"nginx", "library/nginx", "docker.io/library/nginx", "index.docker.io/library/nginx"}) {
    EXPECT_EQ(hub()->displayed_name(name), "nginx");
  }
  EXPECT_EQ(hub()->displayed_name("docker.io/team/app"), "team/app");
}

TEST_F(HubTest, SendsAsManyRequestsAtOnceAsItIsTold) {
  std::vector<std::string> names;
  const auto most_in_flight = [&] {
    names.clear();
    for (int i = 0; i < 40; ++i) {
      names.push_back(fmt::format("r{}", i));
      expect(hub_tags_url("library/" + names.back()), page_of({}));
    }
    list_named(names);
    return fake_.http.most_in_flight();
  };
  options_.jobs = 3;
  EXPECT_EQ(most_in_flight(), 3);
  options_.jobs.reset();
  EXPECT_EQ(most_in_flight(), 16);
}

/// With a cache in a file.
class HubCacheTest : public HubTest {
 protected:
  HubCacheTest() {
    open();
    options_.name_space = "team";
  }
  ~HubCacheTest() override { cache_.reset(); }  // which writes to the directory
  HubCacheTest(const HubCacheTest&) = delete;
  HubCacheTest& operator=(const HubCacheTest&) = delete;

  void open() {
    cache_ =
        std::make_shared<ImageCache>(directory_.path() / "cache.sqlite", fake_.clock, fake_.log);
  }
  void expect_all() {
    expect(kTeam, page_of({R"({"name":"a"})", R"({"name":"b"})"}));
    const std::string images = hub_image('1', "linux/s390x", 2) + "," + hub_image('2');
    expect(hub_tags_url("team/a"), page_of({hub_tag("1", 'a', images)}));
    expect(hub_tags_url("team/b"), page_of({hub_tag("2", 'b')}));
  }

  TemporaryDirectory directory_;
};

TEST_F(HubCacheTest, AsksAgainWithoutMaxStale) {
  expect_all();
  const auto first = entries_of(list());
  expect_all();
  EXPECT_EQ(entries_of(list()), first);
  EXPECT_THAT(log(), Not(HasSubstr("from the cache")));
}

TEST_F(HubCacheTest, TakesAnswersThatAreFreshEnough) {
  expect_all();
  const auto first = entries_of(list());
  cache_.reset();
  open();  // as the next run does
  options_.max_stale = minutes(10);
  fake_.clock.passed += minutes(7);
  EXPECT_EQ(entries_of(list()), first);
  EXPECT_THAT(log(), HasSubstr("INFO docker.io: took 3 lists from the cache; the oldest of these "
                               "answers is 7 minutes old"));
  EXPECT_THAT(wait(fake_.http, hub()->repositories()).names, ElementsAre("team/a", "team/b"));
  EXPECT_THAT(log(), HasSubstr("INFO docker.io: took 1 list from the cache; the oldest of these "
                               "answers is 7 minutes old"));
  Query query;
  query.platforms = Platforms::kAll;
  EXPECT_THAT(names_of(list(query)), SizeIs(3));
  fake_.clock.passed += minutes(3) + seconds(1);
  expect_all();
  EXPECT_EQ(entries_of(list()), first);
}

TEST_F(HubCacheTest, TakesNoAnswerOfTheFuture) {
  expect_all();
  list();
  fake_.clock.time -= seconds(1);
  options_.max_stale = minutes(10);
  expect_all();
  list();
}

TEST_F(HubCacheTest, KeepsWholeListsOnly) {
  expect(kTeam, page_of({R"({"name":"a"})", "7"}));
  expect(hub_tags_url("team/a"), page_of({hub_tag("1", 'a'), "7"}));
  EXPECT_THAT(list().failures, SizeIs(2));
  options_.max_stale = minutes(10);
  expect(kTeam, page_of({R"({"name":"a"})"}));
  expect(hub_tags_url("team/a"), status(404));
  EXPECT_THAT(list().rows, IsEmpty());
  expect(hub_tags_url("team/a"), page_of({hub_tag("1", 'a')}));
  EXPECT_THAT(list().rows, SizeIs(1));
}

TEST_F(HubCacheTest, AsksWhenTheCacheHoldsSomethingElse) {
  for (const std::string content :
       {"", "nonsense", "{}", R"({"results": [7]})", R"({"results": [], "next": "x"})"}) {
    cache_->keep_answer("https://hub.docker.com ", "tags/team/a", {fake_.clock.now(), content});
    expect(hub_tags_url("team/a"), page_of({hub_tag("1", 'a')}));
    options_.max_stale = minutes(10);
    EXPECT_THAT(list_named({"team/a"}).rows, SizeIs(1)) << content;
  }
}

TEST_F(HubCacheTest, SharesNothingWithOtherUsers) {
  expect(hub_tags_url("team/a"), page_of({hub_tag("1", 'a')}));
  list_named({"team/a"});
  log_in();
  options_.max_stale = minutes(10);
  expect("https://hub.docker.com/v2/auth/token", ok(R"({"access_token": "t0ken"})"));
  expect(hub_tags_url("team/a"), page_of({hub_tag("1", 'a'), hub_tag("2", 'b')}));
  EXPECT_THAT(list_named({"team/a"}).rows, SizeIs(2));
  EXPECT_THAT(list_named({"team/a"}).rows, SizeIs(2)) << "without an exchange";
}

}  // namespace
}  // namespace dkr
