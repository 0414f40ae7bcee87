#include "source/oci/lister.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/error.h"
#include "source/registry/store.h"
#include "support/fake_world.h"
#include "support/listings.h"
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
using testing::UnorderedElementsAre;

const std::string kApi = "http://localhost:5000/v2/";
const std::string kCatalog = kApi + "_catalog?n=1000";

std::string tags_url(const std::string& repository) {
  return kApi + repository + "/tags/list?n=1000";
}
std::string manifest_url(const std::string& repository, const std::string& reference) {
  return kApi + repository + "/manifests/" + reference;
}
std::string blob_url(const std::string& repository, const std::string& body) {
  return kApi + repository + "/blobs/" + digest_of(body);
}

/// How many different images `listing` names.
std::size_t distinct(const FlatListing& listing) {
  return count_distinct(listing_of(listing.rows));
}

/// A registry at localhost:5000 that answers what a test expects it to be asked, in any order.
class ListerTest : public testing::Test {
 protected:
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

  std::unique_ptr<Lister> lister() {
    return std::make_unique<Lister>(
        std::make_unique<RegistryStore>(address_, options_, fake_.http, fake_.world, fake_.log),
        std::make_unique<ImageCache>("", fake_.clock, fake_.log), progress_, fake_.log);
  }
  FlatListing list(const Filter& wanted = {}) {
    return flat(wait(fake_.http, lister()->list({.filter = wanted, .platform = platform_})));
  }
  RepositoryListing repositories() { return wait(fake_.http, lister()->repositories()); }

  static std::vector<std::string> names(const FlatListing& listing) {
    return names_of(listing.rows);
  }
  static std::vector<std::string> messages(const std::vector<Failure>& failures) {
    std::vector<std::string> result;
    for (const Failure& failure : failures) result.push_back(failure.message);
    return result;
  }

  FakeWorld fake_;
  Progress progress_;
  RegistryAddress address_{"localhost:5000", "http://localhost:5000"};
  RegistryOptions options_;
  Platform platform_{"linux", "amd64", ""};
};

TEST_F(ListerTest, ListsTheImageOfEachTag) {
  const std::string config = config_created("2020-09-01T00:00:00Z");
  const std::string manifest = manifest_of(config, 1000);
  expect(kCatalog, ok(R"({"repositories": ["team/app"]})"));
  expect(tags_url("team/app"), ok(R"({"name": "team/app", "tags": ["1.0"]})"));
  expect(manifest_url("team/app", "1.0"), manifest_response(manifest));
  expect(blob_url("team/app", config), ok(config));
  const FlatListing listing = list();
  ASSERT_THAT(listing.rows, SizeIs(1));
  const Entry& image = listing.rows[0];
  EXPECT_EQ(image.repository, "team/app");
  EXPECT_EQ(image.tag, "1.0");
  EXPECT_EQ(image.id, digest_of(config));
  EXPECT_EQ(image.created, Time(std::chrono::seconds(1598918400)));
  EXPECT_EQ(image.size, 1000 + config.size());
  EXPECT_THAT(listing.failures, IsEmpty());
  EXPECT_EQ(header_of(fake_.http.requests()[2], "Accept"), kAcceptManifests);
}

TEST_F(ListerTest, AsksForDigestsAloneWhereNothingElseIsWanted) {
  expect(kCatalog, ok(R"({"repositories": ["b", "a"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["2", "1", "gone", "denied"]})"));
  expect(tags_url("b"), ok(R"({"tags": ["1"]})"));
  const auto head = [](char digit) {
    return HttpResponse{200, {{"docker-content-digest", some_digest(digit)}}, ""};
  };
  expect(manifest_url("a", "1"), head('1'));
  expect(manifest_url("a", "2"), head('2'));
  expect(manifest_url("a", "gone"), status(404));
  expect(manifest_url("a", "denied"), status(403));
  expect(manifest_url("b", "1"), head('2'));
  Query query;
  query.content = Content::kDigests;
  const Listing listing = wait(fake_.http, lister()->list(query));
  EXPECT_THAT(names_of(listing), ElementsAre("a:1", "a:2", "b:1"));
  EXPECT_THAT(listing.digests_of(listing.rows[0]), ElementsAre(Digest(some_digest('1'))));
  EXPECT_THAT(listing.digests_of(listing.rows[2]), ElementsAre(Digest(some_digest('2'))));
  EXPECT_THAT(messages(listing.failures), ElementsAre("localhost:5000/a:denied: HTTP status 403"));
  ASSERT_THAT(listing.gaps, SizeIs(1));
  EXPECT_EQ(listing.gaps[0].repository + ":" + listing.gaps[0].tag, "a:denied");
}

TEST_F(ListerTest, ReadsTheRepositoriesOfTheQueryInPlaceOfTheCatalog) {
  expect(tags_url("a"), ok(R"({"tags": []})"));
  expect(tags_url("gone"), status(404));
  expect(tags_url("named"), status(404));
  Query query;
  query.content = Content::kDigests;
  query.filter.names = {"named"};
  query.filter.prefixes = {""};
  query.repositories = {"a", "gone", "named", "No Name"};
  const Listing listing = wait(fake_.http, lister()->list(query));
  EXPECT_THAT(listing.rows, IsEmpty());
  EXPECT_THAT(messages(listing.failures), ElementsAre(HasSubstr("/named: there is no such")));
  EXPECT_THAT(listing.absent, UnorderedElementsAre("named", "gone"));
  EXPECT_THAT(listing.gaps, IsEmpty());
}

TEST_F(ListerTest, GivesTheRepositoriesFirstAndThenTheirTags) {
  expect(kCatalog, ok(R"({"repositories": ["a", "A B"]})"));
  const auto both = lister();
  const RepositoryListing found = wait(fake_.http, both->repositories());
  EXPECT_THAT(found.names, ElementsAre("a"));
  EXPECT_THAT(found.failures, SizeIs(1));
  expect(tags_url("a"), ok(R"({"tags": null})"));
  Query query;
  query.repositories = found.names;
  const Listing listing = wait(fake_.http, both->list(query));
  EXPECT_THAT(listing.failures, IsEmpty()) << "each failure once";
}

TEST_F(ListerTest, ListsTheNewestFirstThenByNameAndThoseOfUnknownDateLast) {
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

TEST_F(ListerTest, AsksOnceForWhatSeveralTagsPointAt) {
  const std::string config = config_created("2020-01-01T00:00:00Z");
  const std::string manifest = manifest_of(config, 1);
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["1", "2", "3", "2"]})"));
  for (const std::string tag : {"1", "2", "3"}) {
    expect(manifest_url("a", tag), manifest_response(manifest));
  }
  expect(blob_url("a", config), ok(config));
  const FlatListing listing = list();
  EXPECT_THAT(names(listing), ElementsAre("a:1", "a:2", "a:3"));
  EXPECT_EQ(distinct(listing), 1U);
}

TEST_F(ListerTest, TakesTheWantedPlatformOfAnIndexElseTheFirstOne) {
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
    platform_ = row.wanted;
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
    const FlatListing listing = list();
    ASSERT_THAT(listing.rows, SizeIs(1));
    EXPECT_EQ(listing.rows[0].id, digest_of(row.config));
    EXPECT_EQ(listing.rows[0].size, row.config.size() + 7);
  }
}

TEST_F(ListerTest, TriesTheNextPlatformWhereTheIndexDoesNotListTheWantedOne) {
  const std::string config = config_created("2020-01-01T00:00:00Z");
  const std::string manifest = manifest_of(config, 7);
  const std::string missing = some_digest('1');
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["1"]})"));
  expect(
      manifest_url("a", "1"),
      manifest_response(index_of({{"linux/arm64", missing}, {"linux/s390x", digest_of(manifest)}}),
                        kOciIndexType));
  expect(manifest_url("a", missing), status(404));
  expect(manifest_url("a", digest_of(manifest)), manifest_response(manifest));
  expect(blob_url("a", config), ok(config));
  const FlatListing listing = list();
  ASSERT_THAT(listing.rows, SizeIs(1));
  EXPECT_EQ(listing.rows[0].id, digest_of(config));
  EXPECT_THAT(listing.failures, IsEmpty());
}

TEST_F(ListerTest, TakesNoOtherPlatformWhereTheWantedOneIsListedButGone) {
  const std::string missing = some_digest('1');
  const std::string other = manifest_of(config_created("2020-01-01T00:00:00Z"), 7);
  const std::string index = index_of({{"linux/arm64", digest_of(other)}, {"linux/amd64", missing}});
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["1"]})"));
  expect(manifest_url("a", "1"), manifest_response(index, kOciIndexType));
  expect(manifest_url("a", missing), status(404));
  const FlatListing listing = list();
  ASSERT_THAT(listing.rows, SizeIs(1));
  EXPECT_EQ(
      listing.rows[0],
      (Entry{.repository = "a", .tag = "1", .id = std::nullopt, .manifest = digest_of(index)}));
  EXPECT_THAT(messages(listing.failures),
              ElementsAre("localhost:5000/a:1: the index lists linux/amd64, but the manifest is "
                          "gone: " +
                          missing));
}

TEST_F(ListerTest, ListsAnIndexOfNothingAsUnknown) {
  const std::string missing = some_digest('1');
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["empty", "sparse"]})"));
  expect(manifest_url("a", "empty"), manifest_response(index_of({}), kOciIndexType));
  expect(manifest_url("a", "sparse"),
         manifest_response(index_of({{"linux/arm64", missing}}), kOciIndexType));
  expect(manifest_url("a", missing), status(404));
  const FlatListing listing = list();
  EXPECT_THAT(names(listing), ElementsAre("a:empty", "a:sparse"));
  for (const Entry& image : listing.rows) {
    EXPECT_EQ(image.id, std::nullopt);
    EXPECT_EQ(image.created, std::nullopt);
    EXPECT_EQ(image.size, std::nullopt);
  }
  EXPECT_EQ(distinct(listing), 2U);
  EXPECT_THAT(listing.failures, IsEmpty());
}

TEST_F(ListerTest, FollowsIndexesInIndexesButNotWithoutEnd) {
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["deep", "too-deep"]})"));
  for (const auto& [tag, levels] : {std::pair("deep", 4), std::pair("too-deep", 5)}) {
    const std::string config = config_created(fmt::format("200{}-01-01T00:00:00Z", levels));
    std::string inner = manifest_of(config, 7);
    for (int level = 1; level <= levels; ++level) {
      // The innermost index of too-deep is asked for, what is in it is not.
      const bool is_asked_for = levels < 5 || level > 1;
      if (is_asked_for) {
        expect(manifest_url("a", digest_of(inner)),
               manifest_response(inner, level == 1 ? kOciImageType : kOciIndexType));
      }
      inner = index_of({{"linux/amd64", digest_of(inner)}});
    }
    expect(manifest_url("a", tag), manifest_response(inner, kOciIndexType));
    if (levels < 5) expect(blob_url("a", config), ok(config));
  }
  const FlatListing listing = list();
  EXPECT_THAT(names(listing), ElementsAre("a:deep"));
  EXPECT_THAT(messages(listing.failures),
              ElementsAre("localhost:5000/a:too-deep: manifest: is an index over 4 levels deep"));
}

TEST_F(ListerTest, ListsArtifactsWithWhatTheyHave) {
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
  const FlatListing listing = list();
  ASSERT_THAT(names(listing), ElementsAre("a:y", "a:x"));
  EXPECT_EQ(listing.rows[0].created, Time(std::chrono::seconds(1577836800)));
  EXPECT_EQ(listing.rows[1].created, std::nullopt);
  EXPECT_EQ(listing.rows[1].size, 42U);
  EXPECT_EQ(listing.rows[1].id, digest_of(empty));
  EXPECT_EQ(distinct(listing), 2U) << "the empty config does not tell them apart";
}

TEST_F(ListerTest, AsksForNoConfigOfWhatIsTooSmall) {
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["big", "small", "unknown"]})"));
  expect_image("a", "big", "2020-01-01T00:00:00Z", 5000);
  expect(manifest_url("a", "small"), manifest_response(manifest_of(config_created("x"), 5)));
  expect(manifest_url("a", "unknown"), manifest_response(R"({"fsLayers": []})", ""));
  Filter wanted;
  wanted.min_size = 1000;
  EXPECT_THAT(names(list(wanted)), ElementsAre("a:big"));
}

TEST_F(ListerTest, AsksForNothingOfRepositoriesThatAreNotWanted) {
  expect(kCatalog, ok(R"({"repositories": ["team/a", "other", "team/b"]})"));
  expect(tags_url("team/a"), ok(R"({"tags": []})"));
  expect(tags_url("team/b"), ok(R"({"tags": null})"));
  Filter wanted;
  wanted.prefixes = {"team/"};
  EXPECT_THAT(list(wanted).rows, IsEmpty());
}

TEST_F(ListerTest, AsksForTheRepositoriesThatAreNamedAndNoCatalog) {
  expect(tags_url("a"), ok(R"({"tags": ["1"]})"));
  expect_image("a", "1", "2020-01-01T00:00:00Z", 1);
  Filter wanted;
  wanted.names = {"a", "a"};
  EXPECT_THAT(names(list(wanted)), ElementsAre("a:1"));
}

TEST_F(ListerTest, AsksForNamesAndPrefixesTogether) {
  expect(kCatalog, ok(R"({"repositories": ["a", "team/b", "c"]})"));
  expect(tags_url("a"), ok(R"({"tags": []})"));
  expect(tags_url("team/b"), ok(R"({"tags": []})"));
  Filter wanted;
  wanted.names = {"a"};
  wanted.prefixes = {"team/"};
  EXPECT_THAT(list(wanted).rows, IsEmpty());
}

TEST_F(ListerTest, AsksForNoTagOfWhichNoneIsWanted) {
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["1"]})"));
  Filter wanted;
  wanted.max_tags = 0;
  EXPECT_THAT(list(wanted).rows, IsEmpty());
}

TEST_F(ListerTest, LeavesOutWhatVanishesMeanwhile) {
  expect(kCatalog, ok(R"({"repositories": ["gone", "a"]})"));
  expect(tags_url("gone"), status(404));
  expect(tags_url("a"), ok(R"({"tags": ["gone", "1"]})"));
  expect(manifest_url("a", "gone"), status(404));
  expect_image("a", "1", "2020-01-01T00:00:00Z", 1);
  const FlatListing listing = list();
  EXPECT_THAT(names(listing), ElementsAre("a:1"));
  EXPECT_THAT(listing.failures, IsEmpty());
  EXPECT_THAT(fake_.err.content,
              AllOf(HasSubstr(" INFO localhost:5000/gone: in the catalog, but gone\n"),
                    HasSubstr(" INFO localhost:5000/a:gone: in the tag list, but gone\n")));
}

TEST_F(ListerTest, SaysThatANamedRepositoryDoesNotExist) {
  expect(tags_url("a"), status(404));
  Filter wanted;
  wanted.names = {"a"};
  EXPECT_THAT(messages(list(wanted).failures),
              ElementsAre("localhost:5000/a: there is no such repository, or not without "
                          "credentials"));
}

/// Some registries answer 200 for a repository that does not exist.
TEST_F(ListerTest, SaysThatANamedRepositoryHasNoTags) {
  for (const std::string body : {R"({"tags": null})", R"({"tags": []})"}) {
    expect(tags_url("a"), ok(body));
    Filter wanted;
    wanted.names = {"a"};
    EXPECT_THAT(messages(list(wanted).failures),
                ElementsAre("localhost:5000/a: there are no tags; either there is no such "
                            "repository, or it is empty"));
    expect(kCatalog, ok(R"({"repositories": ["a"]})"));
    expect(tags_url("a"), ok(body));
    EXPECT_THAT(list().failures, IsEmpty()) << "it is in the catalog";
  }
}

TEST_F(ListerTest, RefusesNamesThatCouldChangeAUrl) {
  for (const std::string name : {"", "/", "a/", "/a", "a//b", "..", "a/../b", ".", "a?b", "a#b",
                                 "a b", "a\nb", "a%2fb", "a:b", "a@b", "_catalog/\xff"}) {
    SCOPED_TRACE(name);
    Filter wanted;
    wanted.names = {name};
    const FlatListing listing = list(wanted);
    ASSERT_THAT(listing.failures, SizeIs(1));
    EXPECT_THAT(listing.failures[0].message,
                HasSubstr("localhost:5000: --repo holds an invalid repository name: "));
  }
  EXPECT_THAT(fake_.http.requests(), IsEmpty());
}

TEST_F(ListerTest, ReportsWhatIsNoNameInItsListsAndListsTheRest) {
  expect(kCatalog, ok(R"({"repositories": ["../../x", "a", null, "a", ""]})"));
  expect(tags_url("a"),
         ok(R"({"tags": ["1", "../x", "-x", null, "a/b", "sha256:0123", "sha256:\u001b[2J"]})"));
  expect_image("a", "1", "2020-01-01T00:00:00Z", 1);
  const FlatListing listing = list();
  EXPECT_THAT(names(listing), ElementsAre("a:1"));
  EXPECT_THAT(messages(listing.failures),
              ElementsAre("localhost:5000/a: the tag list holds an invalid tag: -x",
                          "localhost:5000/a: the tag list holds an invalid tag: ../x",
                          "localhost:5000/a: the tag list holds an invalid tag: a/b",
                          "localhost:5000/a: the tag list holds an invalid tag: sha256:\x1b[2J",
                          "localhost:5000: the catalog holds an invalid repository name: ",
                          "localhost:5000: the catalog holds an invalid repository name: ../../x"));
}

/// As BuildKit's cache: `--cache-to type=registry`.
TEST_F(ListerTest, AsksForNothingInAnIndexThatIsNoManifest) {
  const std::string cache =
      R"({"manifests": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": ")" +
      some_digest('1') +
      R"("}, {"mediaType": "application/vnd.buildkit.cacheconfig.v0", "digest": ")" +
      some_digest('2') + "\"}]}";
  expect(tags_url("a"), ok(R"({"tags": ["cache"]})"));
  expect(manifest_url("a", "cache"), manifest_response(cache, kOciIndexType));
  Filter wanted;
  wanted.names = {"a"};
  const FlatListing listing = list(wanted);
  ASSERT_THAT(names(listing), ElementsAre("a:cache"));
  EXPECT_EQ(listing.rows[0].id, std::nullopt);
  EXPECT_EQ(listing.rows[0].size, std::nullopt);
  EXPECT_THAT(listing.failures, IsEmpty());
}

/// As docker 1.10 wrote them.
TEST_F(ListerTest, TakesTheDateFromAConfigOfAnyType) {
  expect(tags_url("a"), ok(R"({"tags": ["html", "none", "octet-stream", "wasm"]})"));
  for (const auto& [tag, type] :
       {std::pair("html", R"("mediaType": "text/html",)"),
        {"octet-stream", R"("mediaType": "application/octet-stream",)"},
        {"wasm", R"("mediaType": "application/vnd.wasm.config.v0+json",)"},
        {"none", ""}}) {
    const std::string config =
        R"({"created": "2016-01-01T00:00:00Z", "x": ")" + std::string(tag) + "\"}";
    expect(manifest_url("a", tag),
           manifest_response(
               fmt::format(R"({{"config": {{{} "digest": "{}", "size": 40}}, "layers": []}})", type,
                           digest_of(config))));
    expect(blob_url("a", config), ok(config));
  }
  Filter wanted;
  wanted.names = {"a"};
  const FlatListing listing = list(wanted);
  ASSERT_THAT(listing.rows, SizeIs(4));
  for (const Entry& image : listing.rows) {
    EXPECT_EQ(image.created, Time(std::chrono::seconds(1451606400))) << image.tag.value_or("");
  }
  EXPECT_THAT(listing.failures, IsEmpty());
}

TEST_F(ListerTest, ListsATagWhoseDateCannotBeRead) {
  const std::string bad = R"({"created": "yesterday"})";
  const std::string missing = R"({"created": "2020-01-01T00:00:00Z"})";
  expect(tags_url("a"), ok(R"({"tags": ["bad", "bad-too", "missing", "no-json", "schema-1"]})"));
  expect(manifest_url("a", "bad"), manifest_response(manifest_of(bad, 1)));
  expect(manifest_url("a", "bad-too"), manifest_response(manifest_of(bad, 1)));
  expect(blob_url("a", bad), ok(bad));
  expect(manifest_url("a", "missing"), manifest_response(manifest_of(missing, 2)));
  expect(blob_url("a", missing), status(404));
  expect(manifest_url("a", "no-json"), manifest_response(manifest_of("<html>", 3)));
  expect(blob_url("a", "<html>"), ok("<html>"));
  expect(manifest_url("a", "schema-1"),
         manifest_response(R"({"fsLayers": [], "history": [{"v1Compatibility": "{"}]})", ""));
  Filter wanted;
  wanted.names = {"a"};
  const FlatListing listing = list(wanted);
  EXPECT_THAT(names(listing),
              ElementsAre("a:bad", "a:bad-too", "a:missing", "a:no-json", "a:schema-1"));
  for (const Entry& image : listing.rows)
    EXPECT_EQ(image.created, std::nullopt) << image.tag.value_or("");
  EXPECT_EQ(listing.rows[0].id, digest_of(bad));
  EXPECT_EQ(listing.rows[0].size, bad.size() + 1);
  EXPECT_THAT(messages(listing.failures),
              ElementsAre("localhost:5000/a:bad-too: config: has an invalid date of creation",
                          "localhost:5000/a:bad: config: has an invalid date of creation",
                          "localhost:5000/a:missing: config: HTTP status 404",
                          HasSubstr("localhost:5000/a:no-json: config: not JSON: "),
                          HasSubstr("localhost:5000/a:schema-1: history: not JSON: ")));
  EXPECT_EQ(distinct(listing), 4U);
}

TEST_F(ListerTest, LooksForAConfigThatOneRepositoryLacksInTheOther) {
  options_.jobs = 1;
  const std::string config = config_created("2020-01-01T00:00:00Z");
  for (const std::string repository : {"a", "b"}) {
    expect(tags_url(repository), ok(R"({"tags": ["1"]})"));
    expect(manifest_url(repository, "1"), manifest_response(manifest_of(config, 7)));
  }
  expect(blob_url("a", config), status(404));
  expect(blob_url("b", config), ok(config));
  Filter wanted;
  wanted.names = {"a", "b"};
  const FlatListing listing = list(wanted);
  ASSERT_THAT(names(listing), ElementsAre("a:1", "b:1"));
  EXPECT_EQ(listing.rows[1].created, Time(std::chrono::seconds(1577836800)));
  EXPECT_THAT(messages(listing.failures),
              ElementsAre("localhost:5000/a:1: config: HTTP status 404"));
}

TEST_F(ListerTest, ListsArtifactManifestsEachOnce) {
  const std::string type = "application/vnd.oci.artifact.manifest.v1+json";
  const std::string artifact = R"({"mediaType": ")" + type + R"(", "blobs": [{"digest": ")" +
                               some_digest('1') + R"(", "size": 40}]})";
  expect(tags_url("a"), ok(R"({"tags": ["lie", "x", "y"]})"));
  expect(manifest_url("a", "x"), manifest_response(artifact, type));
  expect(manifest_url("a", "y"), manifest_response(artifact, type));
  HttpResponse lie = manifest_response(artifact, type);
  lie.body += " ";
  expect(manifest_url("a", "lie"), lie);
  Filter wanted;
  wanted.names = {"a"};
  const FlatListing listing = list(wanted);
  ASSERT_THAT(names(listing), ElementsAre("a:x", "a:y"));
  EXPECT_EQ(listing.rows[0].size, 40U);
  EXPECT_EQ(listing.rows[0].id, std::nullopt);
  EXPECT_EQ(distinct(listing), 1U);
  EXPECT_THAT(messages(listing.failures),
              ElementsAre(HasSubstr("localhost:5000/a:lie: does not match digest ")));
}

TEST_F(ListerTest, ListsTheRestWhereOneThingFails) {
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
  const FlatListing listing = list();
  EXPECT_THAT(names(listing), ElementsAre("c:good", "c:noblob"));
  EXPECT_EQ(listing.rows[1].created, std::nullopt);
  EXPECT_THAT(messages(listing.failures),
              ElementsAre("localhost:5000/a: tag list: HTTP status 500",
                          HasSubstr("localhost:5000/b: tag list: not JSON: "),
                          HasSubstr("localhost:5000/c:broken: not JSON: "),
                          "localhost:5000/c:cut: over 8388608 bytes",
                          HasSubstr("localhost:5000/c:lie: does not match digest sha256:"),
                          "localhost:5000/c:noblob: config: HTTP status 403, DENIED: no"));
}

TEST_F(ListerTest, SaysHowToLogInWhereARepositoryIsNotForEveryone) {
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), status(401));
  EXPECT_THAT(messages(list().failures),
              ElementsAre("localhost:5000/a: tag list: HTTP status 401 (docker login "
                          "localhost:5000)"));
}

TEST_F(ListerTest, FailsWhereNothingCanBeListed) {
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
      {Error(ErrorKind::kUntrusted, "self-signed certificate"), ErrorKind::kUntrusted,
       "localhost:5000: no trusted connection: self-signed certificate", "ca-certificates"},
      {Error(ErrorKind::kUntrusted, "handshake failure"), ErrorKind::kUntrusted,
       "localhost:5000: no trusted connection: handshake failure",
       "/etc/docker/certs.d/localhost:5000/"},
      {Error(ErrorKind::kUntrusted, "no subject name matches"), ErrorKind::kUntrusted,
       "localhost:5000: no trusted connection: no subject name matches", "is that the name"},
      {Error(ErrorKind::kUntrusted, "certificate has expired"), ErrorKind::kUntrusted,
       "localhost:5000: no trusted connection: certificate has expired", "clock"},
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

TEST_F(ListerTest, ListsTheTagsBeforeThePageThatFails) {
  HttpResponse first = ok(R"({"tags": ["1"]})");
  first.headers.emplace_back("link", "</v2/a/tags/list?last=1>; rel=next");
  expect(tags_url("a"), first);
  expect("http://localhost:5000/v2/a/tags/list?last=1", status(404));
  expect_image("a", "1", "2020-01-01T00:00:00Z", 1);
  Filter wanted;
  wanted.names = {"a"};
  const FlatListing listing = list(wanted);
  EXPECT_THAT(names(listing), ElementsAre("a:1"));
  EXPECT_THAT(messages(listing.failures),
              ElementsAre("localhost:5000/a: tag list: HTTP status 404"));
}

TEST_F(ListerTest, GivesTheRepositoriesBeforeThePageThatFails) {
  HttpResponse first = ok(R"({"repositories": ["a"]})");
  first.headers.emplace_back("link", "<?last=a>; rel=next");
  expect(kCatalog, first);
  expect("http://localhost:5000/v2/_catalog?last=a", status(500));
  const RepositoryListing listing = repositories();
  EXPECT_THAT(listing.names, ElementsAre("a"));
  EXPECT_THAT(messages(listing.failures), ElementsAre("localhost:5000: catalog: HTTP status 500"));
}

TEST_F(ListerTest, LooksForWhatOneRepositoryLacksInTheOther) {
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
  const FlatListing listing = list();
  ASSERT_THAT(names(listing), ElementsAre("b:1", "a:1"));
  EXPECT_EQ(listing.rows[0].id, digest_of(config));
  EXPECT_EQ(listing.rows[1].id, std::nullopt);
}

TEST_F(ListerTest, SaysThatTheRegistryIsBusy) {
  for (int i = 0; i < 5; ++i) expect(kCatalog, status(503));
  EXPECT_THAT([&] { list(); },
              Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kBusy),
                                  Property(&Error::what, HasSubstr("HTTP status 503")),
                                  Property(&Error::hint, HasSubstr("try again later")))));
}

TEST_F(ListerTest, FailsAtOnceWhereNobodyAnswersForANamedRepository) {
  expect(tags_url("a"), Error(ErrorKind::kUnreachable, "connection refused"));
  expect(tags_url("b"), Error(ErrorKind::kUnreachable, "connection refused"));
  Filter wanted;
  wanted.names = {"a", "b"};
  EXPECT_THAT([&] { list(wanted); },
              Throws<Error>(Property(&Error::what, HasSubstr("cannot connect to the registry"))));
}

TEST_F(ListerTest, GivesUpWhenNobodyAnswersAnyMore) {
  options_.jobs = 1;
  std::string tags;
  for (int i = 0; i < 30; ++i) tags += (i == 0 ? "\"" : ",\"") + std::to_string(100 + i) + "\"";
  expect(kCatalog, ok(R"({"repositories": ["a"]})"));
  expect(tags_url("a"), ok(R"({"tags": [)" + tags + "]}"));
  for (int i = 0; i < 20; ++i) {
    expect(manifest_url("a", std::to_string(100 + i)), Error(ErrorKind::kTimedOut, "no progress"));
  }
  const FlatListing listing = list();
  EXPECT_THAT(listing.failures, SizeIs(21));
  EXPECT_THAT(messages(listing.failures),
              testing::Contains("localhost:5000: no answer to 20 requests in a row; 10 tags were "
                                "not asked for"));
}

TEST_F(ListerTest, GivesUpWhenTheHostThatItIsSentToNeverAnswers) {
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

TEST_F(ListerTest, HasNoMoreRequestsInFlightThanItMay) {
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
    Lister lister(
        std::make_unique<RegistryStore>(address_, options_, fake.http, fake.world, fake.log),
        std::make_unique<ImageCache>("", fake.clock, fake.log), progress_, fake.log);
    (void)wait(fake.http, lister.list({}));
    EXPECT_EQ(fake.http.most_in_flight(), row.most);
  }
}

TEST_F(ListerTest, SaysHowFarItHasCome) {
  expect(kCatalog, ok(R"({"repositories": ["a", "b"]})"));
  expect(tags_url("a"), ok(R"({"tags": ["1", "2"]})"));
  expect(tags_url("b"), status(500));
  expect(manifest_url("a", "1"), status(404));
  expect(manifest_url("a", "2"), ok("<html>"));
  list();
  EXPECT_EQ(progress_.repositories_known, 2U);
  EXPECT_EQ(progress_.repositories_done, 2U);
  EXPECT_EQ(progress_.tags_known, 2U);
  EXPECT_EQ(progress_.tags_done, 2U);
}

TEST_F(ListerTest, GivesTheRepositoriesOfTheCatalogInItsOrder) {
  expect(kCatalog, ok(R"({"repositories": ["b", "a/x", "b", "../c", "A"]})"));
  const RepositoryListing listing = repositories();
  EXPECT_THAT(listing.names, ElementsAre("b", "a/x", "A"));
  EXPECT_THAT(messages(listing.failures),
              ElementsAre("localhost:5000: the catalog holds an invalid repository name: ../c"));
}

TEST_F(ListerTest, OnDockerHubCallsOfficialRepositoriesByTheirShortNames) {
  address_ = {"docker.io", "https://registry-1.docker.io"};
  const std::string base = "https://registry-1.docker.io/v2/library/alpine";
  const std::string config = config_created("2020-01-01T00:00:00Z");
  expect(base + "/tags/list?n=1000", ok(R"({"tags": ["3"]})"));
  HttpResponse head = manifest_response(manifest_of(config, 1));
  head.body.clear();
  expect(base + "/manifests/3", head);
  expect(base + "/manifests/" + digest_of(manifest_of(config, 1)),
         manifest_response(manifest_of(config, 1)));
  expect(base + "/blobs/" + digest_of(config), ok(config));
  Filter wanted;
  wanted.names = {"alpine"};
  const FlatListing listing = list(wanted);
  EXPECT_THAT(names(listing), ElementsAre("alpine:3"));
}

TEST_F(ListerTest, KeepsDigestsMediaTypesAndPlatforms) {
  const std::string config = R"({"os": "linux", "architecture": "arm64", "variant": "v8"})";
  const std::string image = manifest_of(config, 7);
  const std::string index = index_of({{"linux/amd64", digest_of(image)}});
  expect(tags_url("a"), ok(R"({"tags": ["image", "index"]})"));
  expect(manifest_url("a", "image"), manifest_response(image));
  expect(manifest_url("a", "index"), manifest_response(index, kOciIndexType));
  expect(blob_url("a", config), ok(config));
  Query query;
  query.filter.names = {"a"};
  query.platform = platform_;
  const Listing listing = wait(fake_.http, lister()->list(query));
  ASSERT_THAT(names_of(listing), ElementsAre("a:image", "a:index"));
  EXPECT_EQ(listing.rows[0].media_type, MediaType::kOciManifest);
  EXPECT_THAT(listing.digests_of(listing.rows[0]), ElementsAre(Digest(digest_of(image))));
  EXPECT_EQ(listing.rows[1].media_type, MediaType::kOciIndex);
  EXPECT_THAT(listing.digests_of(listing.rows[1]), ElementsAre(Digest(digest_of(index))));
  EXPECT_EQ(listing.rows[0].image, listing.rows[1].image) << "one manifest is one image";
  EXPECT_EQ(listing.image_of(listing.rows[0]).digest, Digest(digest_of(image)));
  const auto& platform = listing.image_of(listing.rows[0]).platform;
  EXPECT_EQ(to_string(listing.platforms.at(platform.value())), "linux/arm64/v8")
      << "what says most, whichever is read first";
  EXPECT_THAT(listing.contents.by_manifest, IsEmpty()) << "nobody asked for them";
}

/// As comparing two of them will need it.
TEST_F(ListerTest, ListsBesideAnotherSourceInOneEventLoop) {
  const std::string config = config_created("2020-01-01T00:00:00Z");
  for (const std::string host : {"http://localhost:5000", "http://localhost:6000"}) {
    expect(host + "/v2/a/tags/list?n=1000", ok(R"({"tags": ["1"]})"));
    expect(host + "/v2/a/manifests/1", manifest_response(manifest_of(config, 7)));
    expect(host + "/v2/a/blobs/" + digest_of(config), ok(config));
  }
  const auto first = lister();
  address_ = {"localhost:6000", "http://localhost:6000"};
  const auto second = lister();
  Query query;
  query.filter.names = {"a"};
  auto one = first->list(query);
  auto two = second->list(query);
  one.start();
  two.start();
  EXPECT_THAT(fake_.http.requests(), SizeIs(2)) << "of both, before either has an answer";
  while (!one.done() || !two.done()) fake_.http.poll();
  EXPECT_EQ(fake_.http.most_in_flight(), 2);
  EXPECT_THAT(names_of(one.result()), ElementsAre("a:1"));
  EXPECT_THAT(names_of(two.result()), ElementsAre("a:1"));
}

/// A manifest is at hand for its tag, whatever the registry says of its digest.
TEST_F(ListerTest, ListsATagWhoseManifestCannotBeHadByDigest) {
  for (const int code : {404, 400}) {
    SCOPED_TRACE(code);
    const std::string config = config_created("2020-01-01T00:00:00Z");
    const std::string image = manifest_of(config, 7);
    options_.jobs = 1;
    expect(tags_url("a"), ok(R"({"tags": ["index", "single"]})"));
    expect(manifest_url("a", "index"),
           manifest_response(index_of({{"linux/arm64", digest_of(image)}}), kOciIndexType));
    expect(manifest_url("a", digest_of(image)), status(code));
    expect(manifest_url("a", "single"), manifest_response(image));
    expect(blob_url("a", config), ok(config));
    Filter wanted;
    wanted.names = {"a"};
    const FlatListing listing = list(wanted);
    EXPECT_THAT(names(listing), testing::Contains("a:single"));
    EXPECT_THAT(listing.failures, SizeIs(code == 404 ? 0 : 1));
  }
}

TEST_F(ListerTest, BelievesNoSchemaOneManifestOfAnIndexWithoutItsDigest) {
  const std::string claimed = some_digest('1');
  expect(tags_url("a"), ok(R"({"tags": ["1"]})"));
  expect(manifest_url("a", "1"),
         manifest_response(index_of({{"linux/amd64", claimed}}), kOciIndexType));
  expect(manifest_url("a", claimed), ok(R"({"schemaVersion": 1, "fsLayers": []})"));
  Filter wanted;
  wanted.names = {"a"};
  EXPECT_THAT(messages(list(wanted).failures),
              ElementsAre("localhost:5000/a:1: does not match digest " + claimed));
}

/// Nothing proves that a manifest of schema 1 has the digest that the registry claims.
TEST_F(ListerTest, LetsNoSchemaOneManifestStandForAnother) {
  const std::string config = config_created("2020-01-01T00:00:00Z");
  const std::string image = manifest_of(config, 7);
  options_.jobs = 1;
  HttpResponse claim = manifest_response(R"({"schemaVersion": 1, "fsLayers": []})", "");
  claim.headers[1].second = digest_of(image);
  expect(tags_url("a"), ok(R"({"tags": ["claim", "good"]})"));
  expect(manifest_url("a", "claim"), claim);
  expect(manifest_url("a", "good"), manifest_response(image));
  expect(blob_url("a", config), ok(config));
  Filter wanted;
  wanted.names = {"a"};
  const FlatListing listing = list(wanted);
  ASSERT_THAT(names(listing), ElementsAre("a:good", "a:claim"));
  EXPECT_EQ(listing.rows[0].id, digest_of(config));
  EXPECT_EQ(listing.rows[1].id, std::nullopt);
}

TEST_F(ListerTest, JudgesTheDepthOfAnIndexFromEachTag) {
  const std::string config = config_created("2020-01-01T00:00:00Z");
  std::string inner = manifest_of(config, 7);
  expect(manifest_url("a", digest_of(inner)), manifest_response(inner));
  expect(blob_url("a", config), ok(config));
  expect(tags_url("a"), ok(R"({"tags": ["4-levels", "5-levels", "2-levels"]})"));
  for (int level = 1; level <= 5; ++level) {
    inner = index_of({{"linux/amd64", digest_of(inner)}});
    const HttpResponse response = manifest_response(inner, kOciIndexType);
    if (level == 2 || level >= 4) {
      expect(manifest_url("a", std::to_string(level) + "-levels"), response);
    }
    if (level < 5) expect(manifest_url("a", digest_of(inner)), response);
  }
  Filter wanted;
  wanted.names = {"a"};
  const FlatListing listing = list(wanted);
  EXPECT_THAT(names(listing), ElementsAre("a:2-levels", "a:4-levels"));
  EXPECT_THAT(messages(listing.failures),
              ElementsAre("localhost:5000/a:5-levels: manifest: is an index over 4 levels deep"));
}

TEST_F(ListerTest, ChoosesAmongTheChildrenThatTheRepositoryItselfHas) {
  const std::string wanted_config = config_created("2020-01-01T00:00:00Z");
  const std::string other_config = config_created("2021-01-01T00:00:00Z");
  const std::string wanted_image = manifest_of(wanted_config, 7);
  const std::string other_image = manifest_of(other_config, 7);
  const std::string nested =
      index_of({{"linux/arm64", digest_of(wanted_image)}, {"linux/s390x", digest_of(other_image)}});
  const std::string index = index_of({{"linux/arm64", digest_of(nested)}});
  options_.jobs = 1;
  for (const std::string repository : {"a", "b"}) {
    expect(tags_url(repository), ok(R"({"tags": ["1"]})"));
    expect(manifest_url(repository, "1"), manifest_response(index, kOciIndexType));
  }
  expect(manifest_url("a", digest_of(nested)), manifest_response(nested, kOciIndexType));
  expect(manifest_url("a", digest_of(wanted_image)), status(404));
  expect(manifest_url("a", digest_of(other_image)), manifest_response(other_image));
  expect(blob_url("a", other_config), ok(other_config));
  expect(manifest_url("b", digest_of(wanted_image)), manifest_response(wanted_image));
  expect(blob_url("b", wanted_config), ok(wanted_config));
  Filter wanted;
  wanted.names = {"a", "b"};
  const FlatListing listing = list(wanted);
  ASSERT_THAT(names(listing), ElementsAre("a:1", "b:1"));
  EXPECT_EQ(listing.rows[1].id, digest_of(wanted_config));
}

/// What is asked for and listed with all platforms, or with --keep, of the repository `a`.
class PlatformListerTest : public ListerTest {
 protected:
  PlatformListerTest() {
    query_.filter.names = {"a"};
    query_.platform = platform_;
  }

  /// An image, which is asked for by its digest.
  std::string expect_child(const std::string& date) {
    const std::string config = config_created(date);
    const std::string image = manifest_of(config, 7);
    expect(manifest_url("a", digest_of(image)), manifest_response(image));
    expect(blob_url("a", config), ok(config));
    return digest_of(image);
  }
  /// An index, which is asked for by its digest.
  std::string expect_index(const std::vector<std::pair<std::string, std::string>>& entries) {
    const std::string index = index_of(entries);
    expect(manifest_url("a", digest_of(index)), manifest_response(index, kOciIndexType));
    return digest_of(index);
  }
  /// The tags of `a`, and what they point to.
  void expect_tags(const std::vector<std::pair<std::string, std::string>>& tags) {
    std::string list;
    for (const auto& [tag, manifest] : tags) {
      list += (list.empty() ? "\"" : ",\"") + tag + "\"";
      const bool is_index = manifest.find("\"manifests\"") != std::string::npos;
      expect(manifest_url("a", tag),
             manifest_response(manifest, is_index ? kOciIndexType : kOciImageType));
    }
    expect(tags_url("a"), ok(R"({"tags": [)" + list + "]}"));
  }
  Listing list() { return wait(fake_.http, lister()->list(query_)); }

  /// Each row as its tag, its platform, the digests and whether the date is known.
  static std::vector<std::string> rows(const Listing& listing) {
    std::vector<std::string> result;
    for (const Row& row : listing.rows) {
      const Image& image = listing.image_of(row);
      std::string text = row.tag + " ";
      text += image.platform ? to_string(listing.platforms[*image.platform]) : "-";
      for (const Digest& digest : listing.digests_of(row)) text += " " + digest.short_text();
      result.push_back(text + (image.created ? "" : " undated"));
    }
    return result;
  }
  static std::string brief(const std::string& digest) { return Digest(digest).short_text(); }
  /// The tags that could not be read, sorted.
  static std::set<std::string> gaps(const Listing& listing) {
    std::set<std::string> result;
    for (const Gap& gap : listing.gaps) result.insert(gap.repository + ":" + gap.tag);
    return result;
  }

  Query query_;
};

TEST_F(PlatformListerTest, ListsEachPlatformOfAnIndexOnce) {
  query_.platforms = Platforms::kAll;
  const std::string old = expect_child("2020-01-01T00:00:00Z");
  const std::string recent = expect_child("2021-01-01T00:00:00Z");
  const std::string nested = expect_index({{"linux/s390x", old}, {"linux/arm64", recent}});
  const std::string index = index_of({{"linux/amd64", old},
                                      {"unknown/unknown", some_digest('9')},
                                      {"linux/arm64", nested},
                                      {"linux/amd64", old}});
  const std::string config = config_created("2022-01-01T00:00:00Z");
  expect_tags({{"index", index}, {"single", manifest_of(config, 5)}});
  expect(blob_url("a", config), ok(config));
  const Listing listing = list();
  const std::string top = brief(digest_of(index));
  EXPECT_THAT(rows(listing), ElementsAre("single - " + brief(digest_of(manifest_of(config, 5))),
                                         "index linux/arm64 " + top + " " + brief(recent),
                                         "index linux/amd64 " + top + " " + brief(old)));
  EXPECT_EQ(listing.rows[1].media_type, MediaType::kOciIndex);
  EXPECT_THAT(listing.failures, IsEmpty());
}

TEST_F(PlatformListerTest, ListsOfTheOtherPlatformsWhatCanBeRead) {
  query_.platforms = Platforms::kAll;
  const std::string there = expect_child("2020-01-01T00:00:00Z");
  const std::string gone = some_digest('1');
  expect(manifest_url("a", gone), status(404));
  const std::string index = index_of({{"linux/arm64", gone}, {"linux/amd64", there}});
  expect_tags({{"1", index}});
  const Listing listing = list();
  const std::string top = brief(digest_of(index));
  EXPECT_THAT(rows(listing), ElementsAre("1 linux/amd64 " + top + " " + brief(there),
                                         "1 linux/arm64 " + top + " " + brief(gone) + " undated"));
  EXPECT_THAT(messages(listing.failures),
              ElementsAre("localhost:5000/a:1: the index lists linux/arm64, but the manifest is "
                          "gone: " +
                          gone));
}

TEST_F(PlatformListerTest, HasOneRowForAnIndexWithoutPlatforms) {
  query_.platforms = Platforms::kAll;
  const std::string index = index_of({{"unknown/unknown", some_digest('1')}});
  expect_tags({{"1", index}});
  const Listing listing = list();
  EXPECT_THAT(rows(listing), ElementsAre("1 - " + brief(digest_of(index)) + " undated"));
  EXPECT_THAT(listing.failures, IsEmpty());
}

/// An index of indexes would otherwise stand for any number of rows.
TEST_F(PlatformListerTest, RefusesAnIndexOfVeryManyPlatforms) {
  query_.platforms = Platforms::kAll;
  query_.filter.max_size = 0;  // for which no config is asked for
  std::vector<std::pair<std::string, std::string>> entries;
  for (int i = 0; i < 257; ++i) {
    const std::string image = manifest_of(config_created(std::to_string(i)), 7);
    expect(manifest_url("a", digest_of(image)), manifest_response(image));
    entries.emplace_back("linux/amd64", digest_of(image));
  }
  expect_tags({{"1", index_of(entries)}});
  EXPECT_THAT(messages(list().failures),
              ElementsAre("localhost:5000/a:1: manifest: is an index of over 256 platforms"));
}

TEST_F(PlatformListerTest, KnowsWhatIndexesContainIfTagsAreToBeKept) {
  query_.filter.keep = 1;
  const std::string image = expect_child("2020-01-01T00:00:00Z");
  const std::string other = some_digest('7');
  const std::string nested = expect_index({{"linux/amd64", image}, {"linux/s390x", other}});
  expect(manifest_url("a", other), status(404));
  const std::string index = index_of({{"linux/amd64", nested}});
  expect_tags({{"1", index}, {"2", index}});
  const Listing listing = list();
  EXPECT_THAT(names_of(listing), ElementsAre("a:1", "a:2"));
  EXPECT_THAT(listing.indexes,
              testing::UnorderedElementsAre(
                  testing::Pair(Digest(digest_of(index)), IndexContent{{Digest(nested)}, {}}),
                  testing::Pair(Digest(nested), IndexContent{{Digest(image), Digest(other)}, {}})));
  EXPECT_THAT(listing.failures, IsEmpty());
}

TEST_F(PlatformListerTest, AsksForTagsThatAreLeftOutOnlyIfTagsAreToBeKept) {
  query_.filter.tags = {"v*"};
  query_.filter.excluded_tags = {"v2"};
  query_.filter.max_size = 10;
  expect(tags_url("a"), ok(R"({"tags": ["v1", "v2", "latest"]})"));
  expect(manifest_url("a", "v1"), manifest_response(manifest_of(config_created("x"), 1000)));
  EXPECT_THAT(names_of(list()), IsEmpty()) << "v1 is too big";
  query_.filter.keep = 1;
  expect(tags_url("a"), ok(R"({"tags": ["v1", "v2", "latest"]})"));
  expect_image("a", "v1", "2020-01-01T00:00:00Z", 1000);
  expect_image("a", "v2", "2021-01-01T00:00:00Z", 1000);
  expect_image("a", "latest", "2022-01-01T00:00:00Z", 1000);
  EXPECT_THAT(names_of(list()), ElementsAre("a:latest", "a:v2", "a:v1"));
}

/// What could not be read may need what the others point to.
TEST_F(PlatformListerTest, TellsOfRepositoriesWithUnreadableTagsIfTagsAreToBeKept) {
  query_.filter.keep = 0;
  query_.filter.names = {"a", "b", "c"};
  for (const std::string repository : {"a", "b"}) {
    expect(tags_url(repository), ok(R"({"tags": ["1", "2"]})"));
  }
  expect_image("a", "1", "2020-01-01T00:00:00Z", 1);
  expect_image("b", "1", "2021-01-01T00:00:00Z", 1);
  expect(manifest_url("a", "2"), status(500));
  const std::string unreadable = manifest_of(config_created("x"), 3);
  expect(manifest_url("b", "2"), manifest_response(unreadable));
  expect(blob_url("b", config_created("x")), status(404));
  expect(tags_url("c"),
         HttpResponse{200, {{"link", "</v2/c/next>; rel=next"}}, R"({"tags": ["1"]})"});
  expect(kApi + "c/next", status(500));
  expect_image("c", "1", "2022-01-01T00:00:00Z", 1);
  const Listing listing = list();
  EXPECT_THAT(gaps(listing), ElementsAre("a:2", "c:")) << "b:2 has no date, but was read";
  EXPECT_THAT(messages(listing.failures),
              testing::IsSupersetOf(
                  {"localhost:5000/a: not listed, since --keep needs to know all of its tags",
                   "localhost:5000/c: not listed, since --keep needs to know all of its tags"}));
}

/// What is asked for and listed if also the blobs of all that tags need are wanted.
class BlobListerTest : public PlatformListerTest {
 protected:
  BlobListerTest() {
    query_.content = Content::kBlobs;
    query_.dates = false;
    query_.requires_image = false;
  }

  static std::string image_of(const std::string& date) {
    return manifest_of(config_created(date), 7);
  }
  /// An image, which is asked for by its digest, and its config is not.
  std::string expect_manifest(const std::string& date, const std::string& repository = "a") {
    const std::string image = image_of(date);
    expect(manifest_url(repository, digest_of(image)), manifest_response(image));
    return digest_of(image);
  }
  /// The digests of the blobs of each manifest.
  static std::map<std::string, std::vector<std::string>> contents(const Listing& listing) {
    std::map<std::string, std::vector<std::string>> result;
    for (const auto& [manifest, blobs] : listing.contents.by_manifest) {
      auto& digests = result[manifest.text()];
      for (const std::uint32_t blob : blobs) {
        digests.push_back(listing.contents.blobs[blob].digest.text());
      }
    }
    return result;
  }
  static std::vector<std::string> blobs_of_image(const std::string& date) {
    return {digest_of(config_created(date)), some_digest('a')};
  }
};

TEST_F(BlobListerTest, ReadsEverythingBelowTagsOnceAndNoConfigs) {
  const std::string amd64 = expect_manifest("2020-01-01T00:00:00Z");
  const std::string arm64 = expect_manifest("2021-01-01T00:00:00Z");
  const std::string other = expect_manifest("2022-01-01T00:00:00Z");
  const std::string attestation = expect_manifest("2023-01-01T00:00:00Z");
  const std::string nested = expect_index({{"linux/s390x", other}, {"linux/amd64", amd64}});
  const std::string index = index_of({{"linux/arm64", arm64},
                                      {"linux/s390x", nested},
                                      {"linux/amd64", amd64},
                                      {"unknown/unknown", attestation}});
  const std::string single = image_of("2024-01-01T00:00:00Z");
  expect_tags({{"1", index}, {"2", index}, {"3", single}});
  const Listing listing = list();
  EXPECT_THAT(names_of(listing), ElementsAre("a:1", "a:2", "a:3"));
  EXPECT_EQ(contents(listing), (std::map<std::string, std::vector<std::string>>{
                                   {amd64, blobs_of_image("2020-01-01T00:00:00Z")},
                                   {arm64, blobs_of_image("2021-01-01T00:00:00Z")},
                                   {other, blobs_of_image("2022-01-01T00:00:00Z")},
                                   {attestation, blobs_of_image("2023-01-01T00:00:00Z")},
                                   {digest_of(single), blobs_of_image("2024-01-01T00:00:00Z")},
                                   {nested, {}},
                                   {digest_of(index), {}}}));
  EXPECT_THAT(listing.contents.blobs, SizeIs(6)) << "five configs, and the layer that all have";
  EXPECT_EQ(listing.indexes.at(Digest(digest_of(index))),
            (IndexContent{{Digest(arm64), Digest(nested), Digest(amd64)}, {Digest(attestation)}}));
  EXPECT_EQ(listing.image_of(listing.rows[0]).digest, Digest(amd64)) << "the wanted platform";
  EXPECT_THAT(listing.failures, IsEmpty());
}

TEST_F(BlobListerTest, ReadsOnlyConfigsThatDateRows) {
  query_.dates = true;
  const std::string amd64 = expect_child("2020-01-01T00:00:00Z");
  const std::string arm64 = expect_manifest("2021-01-01T00:00:00Z");
  const std::string attestation = expect_manifest("2022-01-01T00:00:00Z");
  expect_tags({{"1", index_of({{"linux/arm64", arm64},
                               {"linux/amd64", amd64},
                               {"unknown/unknown", attestation}})}});
  const Listing listing = list();
  ASSERT_THAT(listing.rows, SizeIs(1));
  EXPECT_EQ(listing.image_of(listing.rows[0]).created, Time(std::chrono::seconds(1577836800)));
  EXPECT_THAT(contents(listing), SizeIs(4));
}

TEST_F(BlobListerTest, ListsEachPlatformOnDemand) {
  query_.platforms = Platforms::kAll;
  const std::string amd64 = expect_manifest("2020-01-01T00:00:00Z");
  const std::string arm64 = expect_manifest("2021-01-01T00:00:00Z");
  expect_tags({{"1", index_of({{"linux/arm64", arm64}, {"linux/amd64", amd64}})}});
  const Listing listing = list();
  EXPECT_THAT(names_of(listing), ElementsAre("a:1", "a:1"));
  EXPECT_THAT(contents(listing), SizeIs(3));
}

TEST_F(BlobListerTest, AsksOnceForWhatSeveralRepositoriesHave) {
  query_.filter.names = {"a", "b"};
  options_.jobs = 1;
  const std::string child = expect_manifest("2020-01-01T00:00:00Z");
  const std::string index = index_of({{"linux/amd64", child}});
  expect_tags({{"1", index}});
  expect(tags_url("b"), ok(R"({"tags": ["1"]})"));
  expect(manifest_url("b", "1"), manifest_response(index, kOciIndexType));
  const Listing listing = list();
  EXPECT_THAT(names_of(listing), ElementsAre("a:1", "b:1"));
  EXPECT_THAT(contents(listing), SizeIs(2));
}

TEST_F(BlobListerTest, SkipsWhatIsGone) {
  const std::string gone = some_digest('1');
  const std::string lost = some_digest('2');
  const std::string arm64 = expect_manifest("2021-01-01T00:00:00Z");
  const std::string index =
      index_of({{"linux/amd64", gone}, {"linux/arm64", arm64}, {"unknown/unknown", lost}});
  for (const bool requires_image : {false, true}) {
    query_.requires_image = requires_image;
    if (requires_image) (void)expect_manifest("2021-01-01T00:00:00Z");
    expect_tags({{"1", index}});
    expect(manifest_url("a", lost), status(404));
    expect(manifest_url("a", gone), status(404));
    const Listing listing = list();
    EXPECT_THAT(names_of(listing), ElementsAre("a:1"));
    EXPECT_THAT(contents(listing),
                testing::UnorderedElementsAre(
                    testing::Pair(digest_of(index), IsEmpty()),
                    testing::Pair(arm64, blobs_of_image("2021-01-01T00:00:00Z"))));
    EXPECT_THAT(gaps(listing), IsEmpty());
    EXPECT_THAT(listing.failures, SizeIs(requires_image ? 1 : 0));
  }
}

/// A tag of which not everything could be read would seem to need less than it does.
TEST_F(BlobListerTest, HasAGapWhereSomethingCannotBeRead) {
  const std::string broken = some_digest('1');
  const std::string amd64 = expect_manifest("2020-01-01T00:00:00Z");
  expect_tags({{"1", index_of({{"linux/amd64", amd64}, {"unknown/unknown", broken}})},
               {"2", image_of("2021-01-01T00:00:00Z")}});
  expect(manifest_url("a", broken), status(500));
  const Listing listing = list();
  EXPECT_THAT(names_of(listing), ElementsAre("a:1", "a:2"));
  EXPECT_THAT(gaps(listing), ElementsAre("a:1"));
  EXPECT_THAT(messages(listing.failures), ElementsAre(testing::StartsWith("localhost:5000/a:1: ")));
}

TEST_F(BlobListerTest, KnowsTheBlobsOfACacheAndNoneOfSchemaOne) {
  const std::string cache =
      R"({"manifests": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": ")" +
      some_digest('1') + R"(", "size": 5}]})";
  const std::string schema_one = R"({"fsLayers": []})";
  expect(tags_url("a"), ok(R"({"tags": ["cache", "old"]})"));
  expect(manifest_url("a", "cache"), manifest_response(cache, kOciIndexType));
  expect(manifest_url("a", "old"), manifest_response(schema_one, ""));
  const Listing listing = list();
  EXPECT_THAT(names_of(listing), ElementsAre("a:cache", "a:old"));
  EXPECT_THAT(contents(listing),
              ElementsAre(testing::Pair(digest_of(cache), ElementsAre(some_digest('1')))));
  EXPECT_THAT(listing.failures, IsEmpty());
}

TEST_F(BlobListerTest, ListsTagsThatTheFilterLeavesOut) {
  query_.filter.tags = {"v*"};
  query_.filter.min_size = 1'000'000;
  expect_tags({{"v1", image_of("2020-01-01T00:00:00Z")}, {"x", image_of("2021-01-01T00:00:00Z")}});
  EXPECT_THAT(names_of(list()), ElementsAre("a:v1", "a:x"));
}

}  // namespace
}  // namespace dkr
