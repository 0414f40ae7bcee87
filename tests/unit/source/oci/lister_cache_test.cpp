// What a registry is asked for the second time.
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "source/oci/lister.h"
#include "source/registry/store.h"
#include "support/fake_world.h"
#include "support/listings.h"
#include "support/registry_content.h"
#include "support/temporary_directory.h"

namespace dkr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kBase = "http://localhost:5000/v2/a";
const std::string kTagList = kBase + "/tags/list?n=1000";

/// The repository `a` of localhost:5000, and a cache in a directory that is not there yet.
class ListerCacheTest : public testing::Test {
 protected:
  ListerCacheTest() {
    cache_path_ = (directory_ / "cache.sqlite").string();
    wanted_.names = {"a"};
  }

  void expect(const std::string& url, HttpResponse response) {
    fake_.http.expect(url, std::move(response));
  }
  /// Each call is another run of the program.
  Listing list(const Query& query) {
    Progress progress;
    Lister lister(
        std::make_unique<RegistryStore>(address_, options_, fake_.http, fake_.world, fake_.log),
        std::make_unique<ImageCache>(cache_path_, fake_.clock, fake_.log), progress, fake_.log);
    return wait(fake_.http, lister.list(query));
  }
  [[nodiscard]] Query query() const {
    Query query;
    query.filter = wanted_;
    query.platform = platform_;
    return query;
  }
  FlatListing list() { return flat(list(query())); }
  /// The first run, which has to ask for everything.
  void list_tag(const std::string& tag) {
    expect(kTagList, ok(R"({"tags": [")" + tag + "\"]}"));
    expect(kBase + "/manifests/" + tag, manifest_response(manifest_));
    expect(kBase + "/blobs/" + digest_of(config_), ok(config_));
    EXPECT_THAT(list().rows, SizeIs(1));
  }
  [[nodiscard]] std::optional<std::string> last_guess() const {
    return header_of(fake_.http.requests().back(), "If-None-Match");
  }

  FakeWorld fake_;
  TemporaryDirectory temporary_;
  std::filesystem::path directory_ = temporary_.path() / "cache";
  RegistryAddress address_{"localhost:5000", "http://localhost:5000"};
  RegistryOptions options_;
  std::string cache_path_;
  Platform platform_{"linux", "amd64", ""};
  Filter wanted_;
  std::string config_ = config_created("2020-01-01T00:00:00Z");
  std::string manifest_ = manifest_of(config_, 1000);
};

TEST_F(ListerCacheTest, AsksOnlyWhetherATagHasMoved) {
  list_tag("1");
  EXPECT_EQ(last_guess(), std::nullopt);
  expect(kTagList, ok(R"({"tags": ["1"]})"));
  expect(kBase + "/manifests/1", status(304));
  const FlatListing listing = list();
  EXPECT_EQ(last_guess(), "\"" + digest_of(manifest_) + "\"");
  ASSERT_THAT(listing.rows, SizeIs(1));
  EXPECT_EQ(listing.rows[0].id, digest_of(config_));
  EXPECT_EQ(listing.rows[0].size, 1000 + config_.size());
  EXPECT_EQ(listing.rows[0].created, Time(std::chrono::seconds(1577836800)));
}

TEST_F(ListerCacheTest, KnowsTheImageWhereTheRegistryIgnoresTheGuess) {
  list_tag("1");
  expect(kTagList, ok(R"({"tags": ["1"]})"));
  expect(kBase + "/manifests/1", manifest_response(manifest_));
  EXPECT_THAT(list().rows, SizeIs(1));
}

TEST_F(ListerCacheTest, KnowsTheImageOfANewTag) {
  list_tag("1");
  expect(kTagList, ok(R"({"tags": ["2"]})"));
  expect(kBase + "/manifests/2", manifest_response(manifest_));
  EXPECT_THAT(list().rows, SizeIs(1));
  expect(kTagList, ok(R"({"tags": ["2"]})"));
  expect(kBase + "/manifests/2", status(304));
  EXPECT_THAT(list().rows, SizeIs(1));
}

TEST_F(ListerCacheTest, AsksAgainForATagThatHasMoved) {
  list_tag("1");
  config_ = config_created("2021-01-01T00:00:00Z");
  manifest_ = manifest_of(config_, 5);
  list_tag("1");
  expect(kTagList, ok(R"({"tags": ["1"]})"));
  expect(kBase + "/manifests/1", status(304));
  EXPECT_EQ(list().rows.at(0).id, digest_of(config_));
  EXPECT_EQ(last_guess(), "\"" + digest_of(manifest_) + "\"");
}

TEST_F(ListerCacheTest, KeepsPlatformsApart) {
  list_tag("1");
  platform_ = {"linux", "arm64", ""};
  list_tag("1");
  EXPECT_EQ(last_guess(), std::nullopt);
}

TEST_F(ListerCacheTest, KeepsUsersApart) {
  list_tag("1");
  fake_.environment.variables["DOCKER_CONFIG"] = "/c";
  fake_.files.files["/c/config.json"] =
      R"({"auths": {"localhost:5000": {"username": "me", "password": "x"}}})";
  expect("http://localhost:5000/v2/", status(404));
  list_tag("1");
  EXPECT_EQ(last_guess(), std::nullopt);
}

TEST_F(ListerCacheTest, KeepsRegistriesApart) {
  list_tag("1");
  address_ = {"localhost:5000", "https://localhost:5000"};
  fake_.http.expect("https://localhost:5000/v2/a/tags/list?n=1000", ok(R"({"tags": ["1"]})"));
  fake_.http.expect("https://localhost:5000/v2/a/manifests/1", manifest_response(manifest_));
  fake_.http.expect("https://localhost:5000/v2/a/blobs/" + digest_of(config_), ok(config_));
  EXPECT_THAT(list().rows, SizeIs(1));
}

TEST_F(ListerCacheTest, RemembersNothingOfWhatFailed) {
  for (int run = 0; run < 2; ++run) {
    expect(kTagList, ok(R"({"tags": ["1"]})"));
    expect(kBase + "/manifests/1", manifest_response(manifest_));
    expect(kBase + "/blobs/" + digest_of(config_), status(500));
    EXPECT_THAT(list().failures, SizeIs(1));
  }
  list_tag("1");
}

TEST_F(ListerCacheTest, RemembersNothingOfAnIndexWhoseImageMayStillCome) {
  const std::string missing = some_digest('1');
  const std::string index =
      index_of({{"linux/arm64", missing}, {"linux/s390x", digest_of(manifest_)}});
  for (int run = 0; run < 2; ++run) {
    expect(kTagList, ok(R"({"tags": ["1"]})"));
    expect(kBase + "/manifests/1", manifest_response(index, kOciIndexType));
    expect(kBase + "/manifests/" + missing, status(404));
    expect(kBase + "/manifests/" + digest_of(manifest_), manifest_response(manifest_));
    expect(kBase + "/blobs/" + digest_of(config_), ok(config_));
    EXPECT_EQ(list().rows.at(0).id, digest_of(config_));
    EXPECT_EQ(
        header_of(fake_.http.requests().at(fake_.http.requests().size() - 4), "If-None-Match"),
        std::nullopt);
  }
}

TEST_F(ListerCacheTest, RemembersNothingOfWhatWasTooSmallToBeAskedFor) {
  wanted_.min_size = 1'000'000;
  expect(kTagList, ok(R"({"tags": ["1"]})"));
  expect(kBase + "/manifests/1", manifest_response(manifest_));
  EXPECT_THAT(list().rows, IsEmpty());
  wanted_.min_size = std::nullopt;
  list_tag("1");
}

/// A cache of BuildKit, an index of attestations, and the like.
TEST_F(ListerCacheTest, RemembersAnIndexWithoutImages) {
  const std::string cache =
      R"({"manifests": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": ")" +
      some_digest('1') + "\"}]}";
  for (const bool is_cached : {false, true}) {
    expect(kTagList, ok(R"({"tags": ["1"]})"));
    expect(kBase + "/manifests/1",
           is_cached ? status(304) : manifest_response(cache, kOciIndexType));
    EXPECT_THAT(list().rows, SizeIs(1));
  }
  EXPECT_EQ(last_guess(), "\"" + digest_of(cache) + "\"");
}

TEST_F(ListerCacheTest, AsksOnceForAMissingChildOfSeveralTags) {
  const std::string missing = some_digest('1');
  const std::string index =
      index_of({{"linux/arm64", missing}, {"linux/s390x", digest_of(manifest_)}});
  options_.jobs = 1;
  for (int run = 0; run < 2; ++run) {
    expect(kTagList, ok(R"({"tags": ["1", "2"]})"));
    expect(kBase + "/manifests/1", manifest_response(index, kOciIndexType));
    expect(kBase + "/manifests/" + missing, status(404));
    expect(kBase + "/manifests/" + digest_of(manifest_), manifest_response(manifest_));
    expect(kBase + "/blobs/" + digest_of(config_), ok(config_));
    expect(kBase + "/manifests/2", manifest_response(index, kOciIndexType));
    EXPECT_THAT(list().rows, SizeIs(2));
  }
}

TEST_F(ListerCacheTest, RemembersAnArtifactManifestAsOneImage) {
  const std::string type = "application/vnd.oci.artifact.manifest.v1+json";
  const std::string artifact = R"({"mediaType": ")" + type + R"(", "blobs": [{"digest": ")" +
                               some_digest('1') + R"(", "size": 40}]})";
  for (const bool is_cached : {false, true}) {
    expect(kTagList, ok(R"({"tags": ["1", "2"]})"));
    for (const std::string tag : {"1", "2"}) {
      expect(kBase + "/manifests/" + tag,
             is_cached ? status(304) : manifest_response(artifact, type));
    }
    const FlatListing listing = list();
    ASSERT_THAT(listing.rows, SizeIs(2));
    EXPECT_EQ(listing.rows[1].size, 40U);
    EXPECT_EQ(count_distinct(listing_of(listing.rows)), 1U);
  }
}

TEST_F(ListerCacheTest, ForgetsATagThatIsGone) {
  list_tag("1");
  expect(kTagList, ok(R"({"tags": ["1"]})"));
  expect(kBase + "/manifests/1", status(404));
  EXPECT_THAT(list().rows, IsEmpty());
}

TEST_F(ListerCacheTest, RemembersTheImageOfAnIndex) {
  const std::string index = index_of({{"linux/amd64", digest_of(manifest_)}});
  expect(kTagList, ok(R"({"tags": ["1"]})"));
  expect(kBase + "/manifests/1", manifest_response(index, kOciIndexType));
  expect(kBase + "/manifests/" + digest_of(manifest_), manifest_response(manifest_));
  expect(kBase + "/blobs/" + digest_of(config_), ok(config_));
  EXPECT_THAT(list().rows, SizeIs(1));
  expect(kTagList, ok(R"({"tags": ["1"]})"));
  expect(kBase + "/manifests/1", status(304));
  EXPECT_EQ(list().rows.at(0).id, digest_of(config_));
  EXPECT_EQ(last_guess(), "\"" + digest_of(index) + "\"");
}

/// A GET of a manifest counts as a pull there.
TEST_F(ListerCacheTest, AsksDockerHubForHeadsAndForWhatItDoesNotKnow) {
  address_ = {"docker.io", "https://registry-1.docker.io"};
  const std::string base = "https://registry-1.docker.io/v2/library/a";
  const auto list_with = [&](const std::vector<std::pair<std::string, HttpResponse>>& answers) {
    fake_.http.expect(base + "/tags/list?n=1000", ok(R"({"tags": ["1"]})"));
    for (const auto& [path, response] : answers) fake_.http.expect(base + path, response);
    return list().rows.at(0).id;
  };
  HttpResponse head = manifest_response(manifest_);
  head.body.clear();
  EXPECT_EQ(list_with({{"/manifests/1", head},
                       {"/manifests/" + digest_of(manifest_), manifest_response(manifest_)},
                       {"/blobs/" + digest_of(config_), ok(config_)}}),
            digest_of(config_));
  EXPECT_EQ(fake_.http.requests()[1].method, HttpMethod::kHead);
  EXPECT_EQ(fake_.http.requests()[2].method, HttpMethod::kGet);
  EXPECT_EQ(list_with({{"/manifests/1", head}}), digest_of(config_));
  EXPECT_EQ(fake_.http.requests().back().method, HttpMethod::kHead);
  const std::string moved = config_created("2021-01-01T00:00:00Z");
  const std::string manifest = manifest_of(moved, 5);
  head.headers[1].second = digest_of(manifest);
  EXPECT_EQ(list_with({{"/manifests/1", head},
                       {"/manifests/" + digest_of(manifest), manifest_response(manifest)},
                       {"/blobs/" + digest_of(moved), ok(moved)}}),
            digest_of(moved));
}

TEST_F(ListerCacheTest, WritesNothingWithoutAPath) {
  cache_path_.clear();
  list_tag("1");
  list_tag("1");
  EXPECT_FALSE(std::filesystem::exists(directory_));
}

TEST_F(ListerCacheTest, GoesOnWithoutABrokenCache) {
  std::filesystem::create_directories(cache_path_);
  list_tag("1");
  EXPECT_THAT(fake_.err.content, testing::HasSubstr("; going on without it\n"));
}

TEST_F(ListerCacheTest, RemembersWhatHasNoSizeWhateverTheFilter) {
  wanted_.min_size = 1'000'000;
  for (const bool is_cached : {false, true}) {
    expect(kTagList, ok(R"({"tags": ["1"]})"));
    expect(kBase + "/manifests/1",
           is_cached ? status(304) : manifest_response(index_of({}), kOciIndexType));
    (void)list();
  }
  EXPECT_EQ(last_guess(), "\"" + digest_of(index_of({})) + "\"");
}

/// As `dkr-ls du` asks.
Query with_blobs(Query query) {
  query.content = Content::kBlobs;
  query.dates = false;
  return query;
}

TEST_F(ListerCacheTest, RemembersBlobsBesideDates) {
  const auto asks = [&](const Query& query, HttpResponse answer, bool for_config) {
    expect(kTagList, ok(R"({"tags": ["1"]})"));
    expect(kBase + "/manifests/1", std::move(answer));
    if (for_config) expect(kBase + "/blobs/" + digest_of(config_), ok(config_));
    return list(query);
  };
  const Query blobs = with_blobs(query());
  const HttpResponse whole = manifest_response(manifest_);
  for (const bool dates_come_first : {false, true}) {
    SCOPED_TRACE(dates_come_first);
    std::filesystem::remove_all(directory_);
    if (dates_come_first) asks(query(), whole, true);
    EXPECT_THAT(asks(blobs, whole, false).contents.blobs, SizeIs(2));
    EXPECT_EQ(last_guess(), std::nullopt);
    if (!dates_come_first) asks(query(), whole, true);
    for (int run = 0; run < 2; ++run) {
      const Listing again = asks(blobs, status(304), false);
      EXPECT_EQ(last_guess(), "\"" + digest_of(manifest_) + "\"");
      EXPECT_THAT(again.contents.blobs, SizeIs(2));
      EXPECT_THAT(again.contents.by_manifest, SizeIs(1));
      EXPECT_NE(asks(query(), status(304), false).images.at(0).created, std::nullopt);
    }
  }
}

/// That nobody asked for a date does not mean that there is none.
TEST_F(ListerCacheTest, KnowsThatAnotherRepositorysDateWasNotAskedFor) {
  const std::string other = "http://localhost:5000/v2/b";
  const auto expect_other = [&] {
    expect(other + "/tags/list?n=1000", ok(R"({"tags": ["1"]})"));
    expect(other + "/manifests/1", manifest_response(manifest_));
  };
  options_.jobs = 1;
  expect(kTagList, ok(R"({"tags": ["1"]})"));
  expect(kBase + "/manifests/1", manifest_response(manifest_));
  (void)list(with_blobs(query()));
  wanted_.names = {"a", "b"};
  expect(kTagList, ok(R"({"tags": ["1"]})"));
  expect(kBase + "/manifests/1", status(304));
  expect_other();
  (void)list(with_blobs(query()));
  wanted_.names = {"b"};
  expect_other();
  expect(other + "/blobs/" + digest_of(config_), ok(config_));
  EXPECT_NE(list().rows.at(0).created, std::nullopt);
}

/// An index of another index, and of an image. What is asked for it, and what is known without.
class IndexListerCacheTest : public ListerCacheTest {
 protected:
  void expect_index(bool is_cached) {
    expect(kTagList, ok(R"({"tags": ["1"]})"));
    expect(kBase + "/manifests/1", is_cached ? status(304) : manifest_response(index_, type_));
  }
  void expect_nested() {
    expect(kBase + "/manifests/" + digest_of(nested_), manifest_response(nested_, kOciIndexType));
  }
  void expect_image(const std::string& manifest, const std::string& config) {
    expect(kBase + "/manifests/" + digest_of(manifest), manifest_response(manifest));
    expect(kBase + "/blobs/" + digest_of(config), ok(config));
  }
  void expect_everything() {
    expect_index(false);
    expect_nested();
    expect(kBase + "/manifests/" + digest_of(other_), manifest_response(other_));
    expect(kBase + "/manifests/" + digest_of(manifest_), manifest_response(manifest_));
    expect(kBase + "/blobs/" + digest_of(other_config_), ok(other_config_));
    expect(kBase + "/blobs/" + digest_of(config_), ok(config_));
  }
  static std::vector<std::string> platforms(const Listing& listing) {
    std::vector<std::string> result;
    for (const Row& row : listing.rows) {
      const auto& platform = listing.image_of(row).platform;
      result.push_back(platform ? to_string(listing.platforms[*platform]) : "-");
    }
    return result;
  }

  std::string other_config_ = config_created("2019-01-01T00:00:00Z");
  std::string other_ = manifest_of(other_config_, 5);
  std::string nested_ = index_of({{"linux/s390x", digest_of(other_)}});
  std::string index_ =
      index_of({{"linux/s390x", digest_of(nested_)}, {"linux/amd64", digest_of(manifest_)}});
  std::string type_ = kOciIndexType;
  std::unordered_map<Digest, IndexContent> indexes_ = {
      {Digest(digest_of(index_)), {{Digest(digest_of(nested_)), Digest(digest_of(manifest_))}, {}}},
      {Digest(digest_of(nested_)), {{Digest(digest_of(other_))}, {}}}};
};

TEST_F(IndexListerCacheTest, RemembersEveryPlatform) {
  Query all = query();
  all.platforms = Platforms::kAll;
  for (const std::string type : {kOciIndexType, "application/json"}) {
    type_ = type;
    all.filter.keep = std::nullopt;
    for (const bool is_cached : {false, true}) {
      is_cached ? expect_index(true) : expect_everything();
      const Listing listing = list(all);
      EXPECT_THAT(platforms(listing), ElementsAre("linux/amd64", "linux/s390x"));
      EXPECT_THAT(listing.digests_of(listing.rows.at(1)),
                  ElementsAre(Digest(digest_of(index_)), Digest(digest_of(other_))));
      EXPECT_EQ(entries_of(listing)[1].size, 5 + other_config_.size());
    }
    all.filter.keep = 1;
    expect_index(true);
    EXPECT_EQ(list(all).indexes, indexes_);
    std::filesystem::remove_all(directory_);
  }
}

TEST_F(IndexListerCacheTest, KeepsOnePlatformAndAllOfThemApart) {
  expect_index(false);
  expect_image(manifest_, config_);
  EXPECT_THAT(list().rows, SizeIs(1));
  Query all = query();
  all.platforms = Platforms::kAll;
  expect_everything();
  EXPECT_THAT(list(all).rows, SizeIs(2));
  expect_index(true);
  EXPECT_EQ(entries_of(list(query())).at(0).id, digest_of(config_));
}

TEST_F(IndexListerCacheTest, AsksForWhatIndexesContainOnceIfTagsAreToBeKept) {
  expect_index(false);
  expect_image(manifest_, config_);
  EXPECT_THAT(list(query()).indexes, IsEmpty());
  wanted_.keep = 1;
  expect_index(false);  // which it knows, but not what it contains
  expect_nested();
  expect(kBase + "/manifests/" + digest_of(other_), manifest_response(other_));
  EXPECT_EQ(list(query()).indexes, indexes_);
  expect_index(true);
  EXPECT_EQ(list(query()).indexes, indexes_);
}

TEST_F(IndexListerCacheTest, RemembersThatAnIndexContainsNothing) {
  index_ = index_of({});
  wanted_.keep = 1;
  for (const auto platforms : {Platforms::kOne, Platforms::kAll}) {
    for (const bool is_cached : {false, true}) {
      expect_index(is_cached);
      Query query = this->query();
      query.platforms = platforms;
      EXPECT_THAT(list(query).rows, SizeIs(1));
    }
  }
}

/// The cache has no place for such a platform.
TEST_F(IndexListerCacheTest, AsksAgainForPlatformsThatCannotBeRemembered) {
  index_ = index_of({{"linux/a/b", digest_of(manifest_)}});
  Query all = query();
  all.platforms = Platforms::kAll;
  for (int run = 0; run < 2; ++run) {
    expect_index(false);
    expect_image(manifest_, config_);
    EXPECT_THAT(list(all).rows, SizeIs(1));
  }
}

TEST_F(IndexListerCacheTest, RemembersTheBlobsOfAllThatIsBelowAnIndex) {
  const std::string attestation = manifest_of(config_created("x"), 5);
  manifest_ = manifest_of(config_, 5);
  index_ = index_of({{"linux/s390x", digest_of(nested_)},
                     {"linux/amd64", digest_of(manifest_)},
                     {"unknown/unknown", digest_of(attestation)}});
  for (const auto platforms : {Platforms::kOne, Platforms::kAll}) {
    Query blobs = with_blobs(query());
    blobs.platforms = platforms;
    expect_index(false);
    expect_nested();
    for (const std::string& child : {other_, manifest_, attestation}) {
      expect(kBase + "/manifests/" + digest_of(child), manifest_response(child));
    }
    const Listing first = list(blobs);
    EXPECT_THAT(first.contents.by_manifest, SizeIs(5));
    expect_index(true);
    const Listing second = list(blobs);
    EXPECT_EQ(second.indexes, first.indexes);
    EXPECT_EQ(second.rows.size(), first.rows.size());
    ASSERT_THAT(second.contents.by_manifest, SizeIs(5));
    for (const auto& [manifest, list] : first.contents.by_manifest) {
      const auto& known = second.contents.by_manifest.at(manifest);
      ASSERT_EQ(known.size(), list.size());
      for (std::size_t i = 0; i < list.size(); ++i) {
        EXPECT_EQ(second.contents.blobs[known[i]].digest, first.contents.blobs[list[i]].digest);
        EXPECT_EQ(second.contents.blobs[known[i]].size, first.contents.blobs[list[i]].size);
      }
    }
  }
}

TEST_F(IndexListerCacheTest, AsksAgainForBlobsOfWhatMayStillCome) {
  const std::string gone = some_digest('1');
  index_ = index_of({{"linux/amd64", digest_of(manifest_)}, {"linux/arm64", gone}});
  for (const bool is_cached : {false, true}) {
    expect_index(false);
    if (!is_cached) {
      expect(kBase + "/manifests/" + digest_of(manifest_), manifest_response(manifest_));
    }
    expect(kBase + "/manifests/" + gone, status(404));
    EXPECT_THAT(list(with_blobs(query())).contents.by_manifest, SizeIs(2));
  }
}

}  // namespace
}  // namespace dkr
