#include "source/registry/registry.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"
#include "support/fake_world.h"
#include "support/registry_content.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Property;
using testing::SizeIs;
using testing::Throws;

const std::string kBase = "http://localhost:5000/v2/";
const std::string kCatalog = kBase + "_catalog?n=1000";

std::string tags_url(const std::string& repository) {
  return kBase + repository + "/tags/list?n=1000";
}
std::string manifest_url(const std::string& repository, const std::string& reference) {
  return kBase + repository + "/manifests/" + reference;
}
std::string blob_url(const std::string& repository, const std::string& body) {
  return kBase + repository + "/blobs/" + digest_of(body);
}

class NoObserver final : public ProgressObserver {
 public:
  void update(const Progress& progress) override { last = progress; }
  Progress last;
};

/// A registry at localhost:5000 that answers what a test expects it to be asked, in any order.
class RegistryTest : public testing::Test {
 protected:
  RegistryTest() { options_.platform = {"linux", "amd64", ""}; }

  void expect(const std::string& url, ScriptedHttp::Answer answer) {
    fake_.http.expect_sometime(url, std::move(answer));
  }
  /// The tag of an image that was created then and has a layer of so many bytes.
  void expect_image(const std::string& repository, const std::string& tag, const std::string& date,
                    std::uint64_t bytes) {
    const std::string config = config_created(date);
    expect(manifest_url(repository, tag), manifest_response(manifest_of(config, bytes)));
    expect(blob_url(repository, config), ok(config));
  }

  Listing list(const Filter& wanted = {}) {
    Registry registry(address_, options_, fake_.http, fake_.world, observer_, fake_.log);
    return registry.list(wanted);
  }
  RepositoryListing repositories() {
    return Registry(address_, options_, fake_.http, fake_.world, observer_, fake_.log)
        .repositories();
  }

  static std::vector<std::string> names(const Listing& listing) {
    std::vector<std::string> result;
    for (const Image& image : listing.images) {
      result.push_back(image.repository.value_or("?") + ":" + image.tag.value_or("?"));
    }
    return result;
  }
  static std::vector<std::string> messages(const std::vector<Failure>& failures) {
    std::vector<std::string> result;
    for (const Failure& failure : failures) result.push_back(failure.message);
    return result;
  }

  FakeWorld fake_;
  NoObserver observer_;
  RegistryAddress address_{"localhost:5000", "http://localhost:5000"};
  RegistryOptions options_;
};

TEST_F(RegistryTest, ListsTheImageOfEachTag) {
  const std::string config = config_created("2020-09-01T00:00:00Z");
  const std::string manifest = manifest_of(config, 1000);
  expect(kCatalog, ok(R"({"repositories": ["team/app"]})"));
  expect(tags_url("team/app"), ok(R"({"name": "team/app", "tags": ["1.0"]})"));
  expect(manifest_url("team/app", "1.0"), manifest_response(manifest));
  expect(blob_url("team/app", config), ok(config));
  const Listing listing = list();
  ASSERT_THAT(listing.images, SizeIs(1));
  const Image& image = listing.images[0];
  EXPECT_EQ(image.repository, "team/app");
  EXPECT_EQ(image.tag, "1.0");
  EXPECT_EQ(image.id, digest_of(config));
  EXPECT_EQ(image.created, Time(std::chrono::seconds(1598918400)));
  EXPECT_EQ(image.size, 1000 + config.size());
  EXPECT_THAT(listing.failures, IsEmpty());
  EXPECT_EQ(header_of(fake_.http.requests()[2], "Accept"), kAcceptManifests);
}

TEST_F(RegistryTest, ListsTheNewestFirstThenByNameAndThoseOfUnknownDateLast) {
  expect(kCatalog, ok(R"({"repositories": ["b", "a"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["new", "old", "none", "same"]})"));
  expect(tags_url("b"), ok(R"({"tags": ["same", "none", "before-unix"]})"));
  expect_image("a", "new", "2026-01-01T00:00:00Z", 1);
  expect_image("a", "old", "2001-01-01T00:00:00Z", 2);
  expect_image("b", "before-unix", "1969-01-01T00:00:00Z", 2);
  expect_image("a", "none", "0001-01-01T00:00:00Z", 3);
  const std::string config = config_created("2020-01-01T00:00:00Z");
  expect(manifest_url("a", "same"), manifest_response(manifest_of(config, 4)));
  expect(manifest_url("b", "same"), manifest_response(manifest_of(config, 5)));
  expect(blob_url("b", config), ok(config));  // whose tags are asked for first
  expect(manifest_url("b", "none"), manifest_response(R"({"fsLayers": []})", ""));
  EXPECT_THAT(names(list()), ElementsAre("a:new", "a:same", "b:same", "a:old", "b:before-unix",
                                         "a:none", "b:none"));
}

TEST_F(RegistryTest, AsksOnceForWhatSeveralTagsPointAt) {
  const std::string config = config_created("2020-01-01T00:00:00Z");
  const std::string manifest = manifest_of(config, 1);
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["1", "2", "3", "2"]})"));
  for (const std::string tag : {"1", "2", "3"}) {
    expect(manifest_url("a", tag), manifest_response(manifest));
  }
  expect(blob_url("a", config), ok(config));
  const Listing listing = list();
  EXPECT_THAT(names(listing), ElementsAre("a:1", "a:2", "a:3"));
  EXPECT_EQ(count_distinct(listing.images), 1U);
}

TEST_F(RegistryTest, TakesTheWantedPlatformOfAnIndexElseTheFirstOne) {
  const std::string amd64 = config_created("2020-01-01T00:00:00Z");
  const std::string arm64 = config_created("2021-01-01T00:00:00Z");
  const struct {
    const char* what;
    std::vector<std::pair<std::string, std::string>> entries;
    Platform wanted;
    std::string config;
  } rows[] = {
      {"wanted", {{"linux/arm64", arm64}, {"linux/amd64", amd64}}, {"linux", "amd64", ""}, amd64},
      {"another one wanted",
       {{"linux/amd64", amd64}, {"linux/arm64", arm64}},
       {"linux", "arm64", "v8"},
       arm64},
      {"not there",
       {{"linux/arm64", arm64}, {"linux/amd64", amd64}},
       {"linux", "s390x", ""},
       arm64},
      {"attestation first",
       {{"unknown/unknown", arm64}, {"linux/amd64", amd64}},
       {"linux", "s390x", ""},
       amd64},
      {"without a platform first",
       {{"/", arm64}, {"linux/amd64", amd64}},
       {"linux", "s390x", ""},
       amd64},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    options_.platform = row.wanted;
    std::vector<std::pair<std::string, std::string>> entries;
    for (const auto& [platform, config] : row.entries) {
      entries.emplace_back(platform, digest_of(manifest_of(config, 7)));
    }
    expect(kCatalog, ok(R"({"repositories": ["a"]})"));
    expect(tags_url("a"), ok(R"({"tags": ["1"]})"));
    expect(manifest_url("a", "1"), manifest_response(index_of(entries), kOciIndexType));
    const std::string manifest = manifest_of(row.config, 7);
    expect(manifest_url("a", digest_of(manifest)), manifest_response(manifest));
    expect(blob_url("a", row.config), ok(row.config));
    const Listing listing = list();
    ASSERT_THAT(listing.images, SizeIs(1));
    EXPECT_EQ(listing.images[0].id, digest_of(row.config));
    EXPECT_EQ(listing.images[0].size, row.config.size() + 7);
  }
}

TEST_F(RegistryTest, TriesTheNextPlatformWhereTheRegistryLacksOne) {
  const std::string config = config_created("2020-01-01T00:00:00Z");
  const std::string manifest = manifest_of(config, 7);
  const std::string missing = some_digest('1');
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["1"]})"));
  expect(
      manifest_url("a", "1"),
      manifest_response(index_of({{"linux/amd64", missing}, {"linux/arm64", digest_of(manifest)}}),
                        kOciIndexType));
  expect(manifest_url("a", missing), status(404));
  expect(manifest_url("a", digest_of(manifest)), manifest_response(manifest));
  expect(blob_url("a", config), ok(config));
  const Listing listing = list();
  ASSERT_THAT(listing.images, SizeIs(1));
  EXPECT_EQ(listing.images[0].id, digest_of(config));
  EXPECT_THAT(listing.failures, IsEmpty());
}

TEST_F(RegistryTest, ListsAnIndexOfNothingAsUnknown) {
  const std::string missing = some_digest('1');
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["empty", "sparse"]})"));
  expect(manifest_url("a", "empty"), manifest_response(index_of({}), kOciIndexType));
  expect(manifest_url("a", "sparse"),
         manifest_response(index_of({{"linux/amd64", missing}}), kOciIndexType));
  expect(manifest_url("a", missing), status(404));
  const Listing listing = list();
  EXPECT_THAT(names(listing), ElementsAre("a:empty", "a:sparse"));
  for (const Image& image : listing.images) {
    EXPECT_EQ(image.id, std::nullopt);
    EXPECT_EQ(image.created, std::nullopt);
    EXPECT_EQ(image.size, std::nullopt);
  }
  EXPECT_EQ(count_distinct(listing.images), 2U);
  EXPECT_THAT(listing.failures, IsEmpty());
}

TEST_F(RegistryTest, FollowsIndexesInIndexesButNotWithoutEnd) {
  const std::string config = config_created("2020-01-01T00:00:00Z");
  const std::string image = manifest_of(config, 7);
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["deep", "deepest"]})"));
  expect(manifest_url("a", digest_of(image)), manifest_response(image));
  expect(blob_url("a", config), ok(config));
  // The outermost but one index of `deepest` is what `deep` points at.
  std::string inner = image;
  for (int depth = 1; depth <= 5; ++depth) {
    inner = index_of({{"linux/amd64", digest_of(inner)}});
    if (depth < 4) {
      expect(manifest_url("a", digest_of(inner)), manifest_response(inner, kOciIndexType));
    }
    if (depth == 4) expect(manifest_url("a", "deep"), manifest_response(inner, kOciIndexType));
    if (depth == 5) expect(manifest_url("a", "deepest"), manifest_response(inner, kOciIndexType));
  }
  const Listing listing = list();
  EXPECT_THAT(names(listing), ElementsAre("a:deep"));
  EXPECT_THAT(messages(listing.failures),
              ElementsAre("localhost:5000/a:deepest: manifest: is an index of indexes of indexes, "
                          "without end"));
}

TEST_F(RegistryTest, ListsArtifactsWithWhatTheyHave) {
  const std::string empty = "{}";
  const auto artifact = [&](const std::string& annotations) {
    return R"({"artifactType": "text/x", "config": {"mediaType":
      "application/vnd.oci.empty.v1+json", "digest": ")" +
           digest_of(empty) + R"(", "size": 2}, "layers": [{"digest": ")" + some_digest('1') +
           R"(", "size": 40}], "annotations": {)" + annotations + "}}";
  };
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["x", "y"]})"));
  expect(manifest_url("a", "x"), manifest_response(artifact("")));
  expect(
      manifest_url("a", "y"),
      manifest_response(artifact(R"("org.opencontainers.image.created": "2020-01-01T00:00:00Z")")));
  const Listing listing = list();
  ASSERT_THAT(names(listing), ElementsAre("a:y", "a:x"));
  EXPECT_EQ(listing.images[0].created, Time(std::chrono::seconds(1577836800)));
  EXPECT_EQ(listing.images[1].created, std::nullopt);
  EXPECT_EQ(listing.images[1].size, 42U);
  EXPECT_EQ(listing.images[1].id, digest_of(empty));
  EXPECT_EQ(count_distinct(listing.images), 2U) << "the empty config does not tell them apart";
}

TEST_F(RegistryTest, AsksForNoConfigOfWhatIsTooSmall) {
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["big", "small", "unknown"]})"));
  expect_image("a", "big", "2020-01-01T00:00:00Z", 5000);
  expect(manifest_url("a", "small"), manifest_response(manifest_of(config_created("x"), 5)));
  expect(manifest_url("a", "unknown"), manifest_response(R"({"fsLayers": []})", ""));
  Filter wanted;
  wanted.min_size = 1000;
  EXPECT_THAT(names(list(wanted)), ElementsAre("a:big"));
}

TEST_F(RegistryTest, AsksForNothingOfRepositoriesThatAreNotWanted) {
  expect(kCatalog, ok(R"({"repositories": ["team/a", "other", "team/b"]})"));
  expect(tags_url("team/a"), ok(R"({"tags": []})"));
  expect(tags_url("team/b"), ok(R"({"tags": null})"));
  Filter wanted;
  wanted.prefixes = {"team/"};
  EXPECT_THAT(list(wanted).images, IsEmpty());
}

TEST_F(RegistryTest, AsksForTheRepositoriesThatAreNamedAndNoCatalog) {
  expect(tags_url("a"), ok(R"({"tags": ["1"]})"));
  expect_image("a", "1", "2020-01-01T00:00:00Z", 1);
  Filter wanted;
  wanted.names = {"a", "a"};
  EXPECT_THAT(names(list(wanted)), ElementsAre("a:1"));
}

TEST_F(RegistryTest, AsksForNamesAndPrefixesTogether) {
  expect(kCatalog, ok(R"({"repositories": ["a", "team/b", "c"]})"));
  expect(tags_url("a"), ok(R"({"tags": []})"));
  expect(tags_url("team/b"), ok(R"({"tags": []})"));
  Filter wanted;
  wanted.names = {"a"};
  wanted.prefixes = {"team/"};
  EXPECT_THAT(list(wanted).images, IsEmpty());
}

TEST_F(RegistryTest, AsksForNoTagOfWhichNoneIsWanted) {
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["1"]})"));
  Filter wanted;
  wanted.max_tags = 0;
  EXPECT_THAT(list(wanted).images, IsEmpty());
}

TEST_F(RegistryTest, LeavesOutWhatVanishesMeanwhile) {
  expect(kCatalog, ok(R"({"repositories": ["gone", "a"]})"));
  expect(tags_url("gone"), status(404));
  expect(tags_url("a"), ok(R"({"tags": ["gone", "1"]})"));
  expect(manifest_url("a", "gone"), status(404));
  expect_image("a", "1", "2020-01-01T00:00:00Z", 1);
  const Listing listing = list();
  EXPECT_THAT(names(listing), ElementsAre("a:1"));
  EXPECT_THAT(listing.failures, IsEmpty());
  EXPECT_THAT(fake_.err.content,
              AllOf(HasSubstr(" INFO localhost:5000/gone: in the catalog, but gone\n"),
                    HasSubstr(" INFO localhost:5000/a:gone: in the tag list, but gone\n")));
}

TEST_F(RegistryTest, SaysThatANamedRepositoryDoesNotExist) {
  expect(tags_url("a"), status(404));
  Filter wanted;
  wanted.names = {"a"};
  EXPECT_THAT(messages(list(wanted).failures),
              ElementsAre("localhost:5000/a: there is no such repository, or not without "
                          "credentials"));
}

TEST_F(RegistryTest, RefusesNamesThatCouldChangeAUrl) {
  for (const std::string name : {"", "/", "a/", "/a", "a//b", "..", "a/../b", ".", "a?b", "a#b",
                                 "a b", "a\nb", "a%2fb", "a:b", "a@b", "_catalog/\xff"}) {
    SCOPED_TRACE(name);
    Filter wanted;
    wanted.names = {name};
    const Listing listing = list(wanted);
    ASSERT_THAT(listing.failures, SizeIs(1));
    EXPECT_THAT(listing.failures[0].message,
                HasSubstr("localhost:5000: --repo holds what is no repository: "));
  }
  EXPECT_THAT(fake_.http.requests(), IsEmpty());
}

TEST_F(RegistryTest, ReportsWhatIsNoNameInItsListsAndListsTheRest) {
  expect(kCatalog, ok(R"({"repositories": ["../../x", "a", null, "a", ""]})"));
  expect(tags_url("a"),
         ok(R"({"tags": ["1", "../x", "-x", null, "a/b", "sha256:0123", "sha256:\u001b[2J"]})"));
  expect_image("a", "1", "2020-01-01T00:00:00Z", 1);
  const Listing listing = list();
  EXPECT_THAT(names(listing), ElementsAre("a:1"));
  EXPECT_THAT(messages(listing.failures),
              ElementsAre("localhost:5000/a: the tag list holds what is no tag: -x",
                          "localhost:5000/a: the tag list holds what is no tag: ../x",
                          "localhost:5000/a: the tag list holds what is no tag: a/b",
                          "localhost:5000/a: the tag list holds what is no tag: sha256:\x1b[2J",
                          "localhost:5000: the catalog holds what is no repository: ",
                          "localhost:5000: the catalog holds what is no repository: ../../x"));
}

TEST_F(RegistryTest, ListsTheRestWhereOneThingFails) {
  const std::string config = config_created("2020-01-01T00:00:00Z");
  expect(kCatalog, ok(R"({"repositories": ["a", "b", "c"]})"));
  expect(tags_url("a"), status(500));
  expect(tags_url("b"), ok("<html>"));
  expect(tags_url("c"), ok(R"({"tags": ["broken", "cut", "good", "lie", "noblob"]})"));
  expect(manifest_url("c", "broken"), ok("<html>"));
  expect(manifest_url("c", "cut"), Error(ErrorKind::kTooLarge, "over 8388608 bytes"));
  expect_image("c", "good", "2020-01-01T00:00:00Z", 1);
  HttpResponse lie = manifest_response(manifest_of(config, 2));
  lie.body += " ";
  expect(manifest_url("c", "lie"), lie);
  const std::string other = config_created("2021-01-01T00:00:00Z");
  expect(manifest_url("c", "noblob"), manifest_response(manifest_of(other, 3)));
  expect(blob_url("c", other), status(403, R"({"errors": [{"code": "DENIED", "message": "no"}]})"));
  const Listing listing = list();
  EXPECT_THAT(names(listing), ElementsAre("c:good"));
  EXPECT_THAT(messages(listing.failures),
              ElementsAre("localhost:5000/a: tag list: HTTP status 500",
                          HasSubstr("localhost:5000/b: tag list: not JSON: "),
                          HasSubstr("localhost:5000/c:broken: not JSON: "),
                          "localhost:5000/c:cut: over 8388608 bytes",
                          HasSubstr("localhost:5000/c:lie: is not what its digest sha256:"),
                          "localhost:5000/c:noblob: config: HTTP status 403, DENIED: no"));
}

TEST_F(RegistryTest, SaysHowToLogInWhereARepositoryIsNotForEveryone) {
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), status(401));
  EXPECT_THAT(messages(list().failures),
              ElementsAre("localhost:5000/a: tag list: HTTP status 401 (docker login "
                          "localhost:5000)"));
}

TEST_F(RegistryTest, FailsWhereNothingCanBeListed) {
  const struct {
    ScriptedHttp::Answer answer;
    ErrorKind kind;
    std::string message;
    std::string hint;
  } rows[] = {
      {Error(ErrorKind::kUnreachable, "connection refused"), ErrorKind::kUnreachable,
       "cannot connect to the registry at localhost:5000: connection refused",
       "it was looked for at http://localhost:5000"},
      {Error(ErrorKind::kTimedOut, "no progress for 60 s"), ErrorKind::kTimedOut,
       "localhost:5000: no progress for 60 s", "--timeout SECONDS"},
      {Error(ErrorKind::kUntrusted, "bad certificate"), ErrorKind::kUntrusted,
       "localhost:5000: no trusted connection: bad certificate", "ca-certificates"},
      {Error(ErrorKind::kUntrusted, "wrong version number"), ErrorKind::kUntrusted,
       "localhost:5000: no trusted connection: wrong version number",
       "; a registry without TLS is --source registry:http://localhost:5000"},
      {Error(ErrorKind::kUntrusted, "no such file", "name another"), ErrorKind::kUntrusted,
       "localhost:5000: no trusted connection: no such file", "name another"},
      {status(404), ErrorKind::kRefused,
       "localhost:5000: the registry gives no catalog: HTTP status 404", "--repo NAME"},
      {status(405), ErrorKind::kRefused,
       "localhost:5000: the registry gives no catalog: HTTP status 405", "--repo NAME"},
      {status(403), ErrorKind::kRefused,
       "localhost:5000: the registry gives no catalog: HTTP status 403", "--repo NAME"},
      {status(401), ErrorKind::kUnauthorized,
       "localhost:5000: credentials are needed: the registry gives no catalog: HTTP status 401",
       "docker login localhost:5000"},
      {status(500), ErrorKind::kRefused, "localhost:5000: HTTP status 500",
       "--source registry:https://localhost:5000"},
      {ok("<html>"), ErrorKind::kMalformed, "localhost:5000: not JSON: ", "address of a registry"},
      {ok("{}"), ErrorKind::kMalformed, "localhost:5000: has no repositories",
       "address of a registry"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.message);
    const auto matches = Throws<Error>(AllOf(
        Property(&Error::kind, row.kind), Property(&Error::what, testing::StartsWith(row.message)),
        Property(&Error::hint, HasSubstr(row.hint))));
    expect(kCatalog, row.answer);
    EXPECT_THAT([&] { list(); }, matches);
    expect(kCatalog, row.answer);
    EXPECT_THAT([&] { repositories(); }, matches);
  }
}

TEST_F(RegistryTest, ListsTheTagsBeforeThePageThatFails) {
  HttpResponse first = ok(R"({"tags": ["1"]})");
  first.headers.emplace_back("link", "</v2/a/tags/list?last=1>; rel=next");
  expect(tags_url("a"), first);
  expect("http://localhost:5000/v2/a/tags/list?last=1", status(404));
  expect_image("a", "1", "2020-01-01T00:00:00Z", 1);
  Filter wanted;
  wanted.names = {"a"};
  const Listing listing = list(wanted);
  EXPECT_THAT(names(listing), ElementsAre("a:1"));
  EXPECT_THAT(messages(listing.failures),
              ElementsAre("localhost:5000/a: tag list: HTTP status 404"));
}

TEST_F(RegistryTest, GivesTheRepositoriesBeforeThePageThatFails) {
  HttpResponse first = ok(R"({"repositories": ["a"]})");
  first.headers.emplace_back("link", "<?last=a>; rel=next");
  expect(kCatalog, first);
  expect("http://localhost:5000/v2/_catalog?last=a", status(500));
  const RepositoryListing listing = repositories();
  EXPECT_THAT(listing.names, ElementsAre("a"));
  EXPECT_THAT(messages(listing.failures), ElementsAre("localhost:5000: catalog: HTTP status 500"));
}

TEST_F(RegistryTest, LooksForWhatOneRepositoryLacksInTheOther) {
  const std::string config = config_created("2020-01-01T00:00:00Z");
  const std::string image = manifest_of(config, 7);
  const std::string index = index_of({{"linux/amd64", digest_of(image)}});
  expect(kCatalog, ok(R"({"repositories": ["a", "b"]})"));
  for (const std::string repository : {"a", "b"}) {
    expect(tags_url(repository), ok(R"({"tags": ["1"]})"));
    expect(manifest_url(repository, "1"), manifest_response(index, kOciIndexType));
  }
  expect(manifest_url("a", digest_of(image)), status(404));
  expect(manifest_url("b", digest_of(image)), manifest_response(image));
  expect(blob_url("b", config), ok(config));
  const Listing listing = list();
  ASSERT_THAT(names(listing), ElementsAre("b:1", "a:1"));
  EXPECT_EQ(listing.images[0].id, digest_of(config));
  EXPECT_EQ(listing.images[1].id, std::nullopt);
}

TEST_F(RegistryTest, SaysThatTheRegistryIsBusy) {
  for (int i = 0; i < 5; ++i) expect(kCatalog, status(503));
  EXPECT_THAT([&] { list(); },
              Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kBusy),
                                  Property(&Error::what, HasSubstr("HTTP status 503")),
                                  Property(&Error::hint, HasSubstr("try again later")))));
}

TEST_F(RegistryTest, FailsAtOnceWhereNobodyAnswersForANamedRepository) {
  expect(tags_url("a"), Error(ErrorKind::kUnreachable, "connection refused"));
  expect(tags_url("b"), Error(ErrorKind::kUnreachable, "connection refused"));
  Filter wanted;
  wanted.names = {"a", "b"};
  EXPECT_THAT([&] { list(wanted); },
              Throws<Error>(Property(&Error::what, HasSubstr("cannot connect to the registry"))));
}

TEST_F(RegistryTest, GivesUpWhenNobodyAnswersAnyMore) {
  options_.jobs = 1;
  std::string tags;
  for (int i = 0; i < 30; ++i) tags += (i == 0 ? "\"" : ",\"") + std::to_string(100 + i) + "\"";
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), ok(R"({"tags": [)" + tags + "]}"));
  for (int i = 0; i < 20; ++i) {
    expect(manifest_url("a", std::to_string(100 + i)), Error(ErrorKind::kTimedOut, "no progress"));
  }
  const Listing listing = list();
  EXPECT_THAT(listing.failures, SizeIs(21));
  EXPECT_THAT(messages(listing.failures),
              testing::Contains("localhost:5000: no answer to 20 requests in a row; 10 tags were "
                                "not asked for"));
}

TEST_F(RegistryTest, GivesUpWhenTheHostThatItIsSentToNeverAnswers) {
  options_.jobs = 1;
  std::string tags;
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  for (int i = 100; i < 130; ++i) {
    const std::string tag = std::to_string(i);
    tags += (tags.empty() ? "\"" : ",\"") + tag + "\"";
    if (i >= 120) continue;
    const std::string url = "http://cdn.example.com:80/" + tag;
    expect(manifest_url("a", tag), HttpResponse{307, {{"location", url}}, ""});
    expect(url, Error(ErrorKind::kTimedOut, "no progress"));
  }
  expect(tags_url("a"), ok(R"({"tags": [)" + tags + "]}"));
  EXPECT_THAT(messages(list().failures),
              testing::Contains("localhost:5000: no answer to 20 requests in a row; 10 tags were "
                                "not asked for"));
}

TEST_F(RegistryTest, HasNoMoreRequestsInFlightThanItMay) {
  const struct {
    std::optional<std::size_t> jobs;
    HttpVersion version;
    int most;
  } rows[] = {
      {std::nullopt, HttpVersion::kOne, 16},
      {std::nullopt, HttpVersion::kTwo, 100},
      {1, HttpVersion::kOne, 1},
      {3, HttpVersion::kTwo, 3},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.most);
    options_.jobs = row.jobs;
    FakeWorld fake;
    std::string repositories;
    for (int i = 0; i < 200; ++i) {
      const std::string name = "r" + std::to_string(i);
      repositories += (i == 0 ? "\"" : ",\"") + name + "\"";
      fake.http.expect_sometime(tags_url(name),
                                HttpResponse{200, {}, R"({"tags": null})", row.version});
    }
    fake.http.expect(
        kCatalog,
        HttpResponse{200, {}, R"({"repositories": [)" + repositories + "]}", row.version});
    Registry registry(address_, options_, fake.http, fake.world, observer_, fake.log);
    registry.list({});
    EXPECT_EQ(fake.http.most_in_flight(), row.most);
  }
}

TEST_F(RegistryTest, SaysHowFarItHasCome) {
  expect(kCatalog, ok(R"({"repositories": ["a", "b"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["1", "2"]})"));
  expect(tags_url("b"), status(500));
  expect(manifest_url("a", "1"), status(404));
  expect(manifest_url("a", "2"), ok("<html>"));
  list();
  EXPECT_EQ(observer_.last.repositories_known, 2U);
  EXPECT_EQ(observer_.last.repositories_done, 2U);
  EXPECT_EQ(observer_.last.tags_known, 2U);
  EXPECT_EQ(observer_.last.tags_done, 2U);
}

TEST_F(RegistryTest, GivesTheRepositoriesOfTheCatalogInItsOrder) {
  expect(kCatalog, ok(R"({"repositories": ["b", "a/x", "b", "../c", "A"]})"));
  const RepositoryListing listing = repositories();
  EXPECT_THAT(listing.names, ElementsAre("b", "a/x", "A"));
  EXPECT_THAT(messages(listing.failures),
              ElementsAre("localhost:5000: the catalog holds what is no repository: ../c"));
}

TEST_F(RegistryTest, OnDockerHubCallsOfficialRepositoriesByTheirShortNames) {
  address_ = {"docker.io", "https://registry-1.docker.io"};
  const std::string base = "https://registry-1.docker.io/v2/library/alpine";
  const std::string config = config_created("2020-01-01T00:00:00Z");
  expect(base + "/tags/list?n=1000", ok(R"({"tags": ["3"]})"));
  expect(base + "/manifests/3", manifest_response(manifest_of(config, 1)));
  expect(base + "/blobs/" + digest_of(config), ok(config));
  Filter wanted;
  wanted.names = {"alpine"};
  const Listing listing = list(wanted);
  EXPECT_THAT(names(listing), ElementsAre("alpine:3"));
}

}  // namespace
}  // namespace dkr
