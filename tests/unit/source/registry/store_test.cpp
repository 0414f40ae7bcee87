#include "source/registry/store.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"
#include "source/oci/cache.h"
#include "support/fake_world.h"
#include "support/registry_content.h"
#include "support/temporary_directory.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;
using testing::Property;
using testing::SizeIs;
using testing::StrEq;
using testing::Throws;

const std::string kBase = "https://r.example.com/v2/";
const std::string kTags = kBase + "a/tags/list";

HttpResponse page(std::string body, std::string link = "") {
  HttpResponse response{200, {}, std::move(body)};
  if (!link.empty()) response.headers.emplace_back("link", std::move(link));
  return response;
}

class RegistryStoreTest : public testing::Test {
 protected:
  RegistryStore& store() {
    if (!store_) {
      store_ = std::make_unique<RegistryStore>(address_, RegistryOptions{}, fake_.http, fake_.world,
                                               fake_.log);
    }
    return *store_;
  }
  /// All of it, or else what keeps it from being all.
  static std::vector<std::string> complete(NameList list) {
    if (list.failure) throw Error(*list.failure);
    return std::move(list.names);
  }
  std::vector<std::string> catalog() { return complete(wait(fake_.http, store().repositories())); }
  std::optional<std::vector<std::string>> tags() {
    auto list = wait(fake_.http, store().tags("a"));
    if (!list) return std::nullopt;
    return complete(std::move(*list));
  }
  std::optional<TaggedManifest> tagged(std::optional<Digest> cached = std::nullopt) {
    return wait(fake_.http, store().resolve("a", "1", std::move(cached)));
  }

  FakeWorld fake_;
  RegistryAddress address_{"r.example.com", "https://r.example.com"};
  std::unique_ptr<RegistryStore> store_;
};

TEST_F(RegistryStoreTest, GivesTheNamesOfAList) {
  const struct {
    std::string body;
    std::vector<std::string> names;
  } rows[] = {
      {R"({"name": "a", "tags": ["1", "latest"]})", {"1", "latest"}},
      {R"({"tags": []})", {}},
      {R"({"tags": null})", {}},
      {R"({"tags": [null, "1", null]})", {"1"}},
  };
  for (const auto& row : rows) {
    fake_.http.expect(kTags + "?n=1000", ok(row.body));
    EXPECT_THAT(tags(), Optional(row.names)) << row.body;
  }
  EXPECT_EQ(fake_.http.requests()[0].max_body_bytes, std::size_t{64} << 20);
}

TEST_F(RegistryStoreTest, ReadsAllPages) {
  fake_.http.expect(kBase + "_catalog?n=1000",
                    page(R"({"repositories": ["a"]})", R"(</v2/_catalog?last=a&n=1>; rel="next")"));
  fake_.http.expect("https://r.example.com:443/v2/_catalog?last=a&n=1",
                    page(R"({"repositories": []})", "<?cursor=%2F+x>; rel=next"));
  HttpResponse third = page(R"({"repositories": ["b"]})", "</v2/first>; rel=first");
  third.headers.emplace_back("link", "<https://r.example.com/v2/_catalog?last=b>; rel=next");
  fake_.http.expect("https://r.example.com:443/v2/_catalog?cursor=%2F+x", third);
  fake_.http.expect("https://r.example.com:443/v2/_catalog?last=b",
                    page(R"({"repositories": ["c"]})", "</v2/first>; rel=first"));
  EXPECT_THAT(catalog(), ElementsAre("a", "b", "c"));
}

/// Proxies make a registry name itself by an address that is not its own.
TEST_F(RegistryStoreTest, GoesOnAtTheRegistryWhateverAddressAListNames) {
  for (const std::string link :
       {"https://evil.example.com/v2/_catalog?last=a", "//evil.example.com/v2/_catalog?last=a",
        "http://r.example.com/v2/_catalog?last=a", "https://r.example.com:444/v2/_catalog?last=a",
        "https://me:pw@r.example.com/v2/_catalog?last=a", "http:///v2/_catalog?last=a",
        "/v2/_catalog?last=a"}) {
    fake_.http.expect(kBase + "_catalog?n=1000",
                      page(R"({"repositories": ["a"]})", "<" + link + ">; rel=next"));
    fake_.http.expect("https://r.example.com:443/v2/_catalog?last=a",
                      page(R"({"repositories": ["b"]})"));
    EXPECT_THAT(catalog(), ElementsAre("a", "b")) << link;
  }
}

TEST_F(RegistryStoreTest, RefusesAPageWithoutAnAddress) {
  for (const std::string link : {"https://", "https://evil.example.com", "mailto:a"}) {
    fake_.http.expect(kBase + "_catalog?n=1000",
                      page(R"({"repositories": ["a"]})", "<" + link + ">; rel=next"));
    EXPECT_THAT(
        [&] { catalog(); },
        Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kRefused),
                            Property(&Error::what, StrEq("next page has an invalid address")))))
        << link;
  }
}

/// As at registry.k8s.io.
TEST_F(RegistryStoreTest, GoesOnWhereARedirectHasLed) {
  fake_.environment.variables["DOCKER_CONFIG"] = "/c";
  fake_.files.files["/c/config.json"] =
      R"({"auths": {"r.example.com": {"username": "me", "password": "secret"}}})";
  const std::string mirror = "https://mirror.example.com:443/v2/images/a/tags/list";
  const HttpResponse moved{307, {{"location", mirror}}, ""};
  fake_.http.expect(kBase, ok("{}"));
  fake_.http.expect(kTags + "?n=1000", moved);
  fake_.http.expect(mirror, page(R"({"tags": ["1"]})", "<?last=1>; rel=next"));
  fake_.http.expect(
      mirror + "?last=1",
      page(R"({"tags": ["2"]})", "<https://r.example.com/v2/a/tags/list?last=2>; rel=next"));
  fake_.http.expect("https://r.example.com:443/v2/a/tags/list?last=2", ok(R"({"tags": ["3"]})"));
  EXPECT_THAT(tags(), Optional(ElementsAre("1", "2", "3")));
  std::vector<bool> has_password;
  for (const HttpRequest& request : fake_.http.requests()) {
    has_password.push_back(header_of(request, "Authorization").has_value());
  }
  EXPECT_THAT(has_password, ElementsAre(false, true, false, false, true));
}

TEST_F(RegistryStoreTest, SeesThatAListGoesOnForEver) {
  const std::string second = "https://r.example.com:443/v2/_catalog?last=a";
  const auto link = R"(</v2/_catalog?last=a>; rel="next")";
  fake_.http.expect(kBase + "_catalog?n=1000", page(R"({"repositories": ["a"]})", link));
  fake_.http.expect(second, page(R"({"repositories": ["a"]})", link));
  EXPECT_THAT([&] { catalog(); },
              Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kMalformed),
                                  Property(&Error::what, StrEq("pages do not end")))));
}

TEST_F(RegistryStoreTest, KeepsThePagesBeforeTheOneThatFails) {
  const struct {
    HttpResponse response;
    std::string message;
  } rows[] = {
      {status(404), "HTTP status 404"},
      {status(500), "HTTP status 500"},
      {status(401), "HTTP status 401"},
      {ok("<html>"), "not JSON: "},
      {ok(R"({"tags": [7]})"), "holds something other than names in tags"},
      {page(R"({"tags": ["2"]})", "<https://>; rel=next"), "invalid address"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.message);
    fake_.http.expect(kTags + "?n=1000", page(R"({"tags": ["1"]})", "<?last=1>; rel=next"));
    fake_.http.expect("https://r.example.com:443/v2/a/tags/list?last=1", row.response);
    const auto list = wait(fake_.http, store().tags("a"));
    ASSERT_TRUE(list && list->failure);
    EXPECT_EQ(list->names.front(), "1");
    EXPECT_THAT(list->failure->what(), HasSubstr(row.message));
  }
}

TEST_F(RegistryStoreTest, LimitsAListInAllItsPages) {
  const std::string body = R"({"tags": [")" + std::string(10'000'000, '1') + R"("]})";
  fake_.http.expect(kTags + "?n=1000", page(body, "<?last=1>; rel=next"));
  fake_.http.expect("https://r.example.com:443/v2/a/tags/list?last=1",
                    Error(ErrorKind::kTooLarge, "the answer is over 54 MiB"));
  const auto list = wait(fake_.http, store().tags("a"));
  ASSERT_TRUE(list && list->failure);
  EXPECT_STREQ(list->failure->what(), "the list is over 64 MiB");
  const HttpRequest& second = fake_.http.requests()[1];
  EXPECT_EQ(second.max_body_bytes, (std::size_t{64} << 20) - body.size() - second.url.size());
}

TEST_F(RegistryStoreTest, AsksWithoutASizeOfPagesWhereOursIsRefusedAndRemembersIt) {
  for (const int code : {400, 413}) {
    store_.reset();
    fake_.http.expect(kTags + "?n=1000", status(code));
    fake_.http.expect(kTags, ok(R"({"tags": ["1"]})"));
    EXPECT_THAT(tags(), Optional(ElementsAre("1")));
    fake_.http.expect(kTags, ok(R"({"tags": ["2"]})"));
    EXPECT_THAT(tags(), Optional(ElementsAre("2")));
  }
}

TEST_F(RegistryStoreTest, HasNoTagsOfARepositoryThatIsNotThere) {
  fake_.http.expect(kTags + "?n=1000", status(404));
  EXPECT_EQ(tags(), std::nullopt);
}

TEST_F(RegistryStoreTest, RefusesWhatIsNoList) {
  const struct {
    HttpResponse response;
    ErrorKind kind;
    std::string message;
  } rows[] = {
      {ok(""), ErrorKind::kMalformed, "not JSON: "},
      {ok(R"({"tags": ["1)"), ErrorKind::kMalformed, "not JSON: "},
      {ok("[]"), ErrorKind::kMalformed, "has no tags"},
      {ok(R"({"repositories": []})"), ErrorKind::kMalformed, "has no tags"},
      {ok(R"({"tags": {}})"), ErrorKind::kMalformed, "has tags that are not a list"},
      {ok(R"({"tags": "1"})"), ErrorKind::kMalformed, "has tags that are not a list"},
      {ok(R"({"tags": [1]})"), ErrorKind::kMalformed, "holds something other than names in tags"},
      {status(204), ErrorKind::kRefused, "HTTP status 204"},
      {status(500), ErrorKind::kRefused, "HTTP status 500"},
      {status(401), ErrorKind::kUnauthorized, "HTTP status 401"},
      {status(403, R"({"errors": [{"code": "DENIED", "message": "not for you"}]})"),
       ErrorKind::kRefused, "HTTP status 403, DENIED: not for you"},
  };
  HttpResponse elsewhere = status(403, R"({"errors": [{"message": "wrong signature SIG"}]})");
  elsewhere.url = "https://storage.example.com/x?sig=SIG";
  fake_.http.expect(kTags + "?n=1000", elsewhere);
  EXPECT_THAT([&] { tags(); }, testing::ThrowsMessage<Error>("HTTP status 403"))
      << "what another host says might repeat the query of its URL";
  for (const auto& row : rows) {
    fake_.http.expect(kTags + "?n=1000", row.response);
    EXPECT_THAT([&] { tags(); },
                Throws<Error>(AllOf(Property(&Error::kind, row.kind),
                                    Property(&Error::what, HasSubstr(row.message)))))
        << row.response.body;
  }
}

TEST_F(RegistryStoreTest, SaysWhatTheRegistrySaysInShort) {
  const struct {
    std::string body;
    std::string message;
  } rows[] = {
      {R"({"errors": [{"code": "A", "message": "b"}, {"code": "C", "message": "d"}]})", ", A: b"},
      {R"({"errors": [{"code": "A"}]})", ", A"},
      {R"({"errors": [{"message": "b"}]})", ", b"},
      {R"({"errors": [{"code": 7, "message": null}, {"code": "A"}]})", ", A"},
      {R"({"errors": [{"code": "A", "message": "line\nline"}]})", ", A: line"},
      {R"({"errors": []})", ""},
      {R"({"errors": null})", ""},
      {R"({"errors": "A"})", ""},
      {R"({"message": "x"})", ""},
      {"<html>", ""},
      {"", ""},
  };
  for (const auto& row : rows) {
    fake_.http.expect(kTags + "?n=1000", status(500, row.body));
    EXPECT_THAT([&] { tags(); },
                Throws<Error>(Property(&Error::what, StrEq("HTTP status 500" + row.message))))
        << row.body;
  }
  fake_.http.expect(kTags + "?n=1000", status(500, R"({"errors": [{"code": "A", "message": ")" +
                                                       std::string(1000, 'x') + "\"}]}"));
  EXPECT_THAT([&] { tags(); },
              Throws<Error>(Property(&Error::what, AllOf(testing::EndsWith("xxx..."),
                                                         Not(HasSubstr(std::string(200, 'x')))))));
}

TEST_F(RegistryStoreTest, NamesTheWayOutWhereThereIsNoCatalog) {
  for (const int code : {403, 404, 405}) {
    fake_.http.expect(kBase + "_catalog?n=1000", status(code));
    EXPECT_THAT([&] { catalog(); },
                Throws<Error>(AllOf(Property(&Error::what, HasSubstr("gives no catalog: HTTP")),
                                    Property(&Error::hint, HasSubstr("--repo NAME")))));
  }
  fake_.http.expect(kBase + "_catalog?n=1000", status(500));
  EXPECT_THAT([&] { catalog(); },
              Throws<Error>(Property(&Error::what, StrEq("r.example.com: HTTP status 500"))));
}

TEST_F(RegistryStoreTest, GivesWhatATagPointsAt) {
  const std::string body = manifest_of(config_created("2020-01-01T00:00:00Z"), 5);
  fake_.http.expect(kBase + "a/manifests/1", manifest_response(body));
  const auto result = tagged();
  ASSERT_TRUE(result && result->manifest);
  EXPECT_EQ(result->digest.text(), digest_of(body));
  EXPECT_EQ(header_of(fake_.http.requests()[0], "Accept"), kAcceptManifests);
  EXPECT_EQ(fake_.http.requests()[0].max_body_bytes, std::size_t{8} << 20);
}

TEST_F(RegistryStoreTest, ReckonsTheDigestWhereTheRegistryDoesNotSayIt) {
  const std::string body = manifest_of(config_created("2020-01-01T00:00:00Z"), 5);
  for (const std::string header : {"", "sha256:abc", "md5:x"}) {
    HttpResponse response = manifest_response(body);
    response.headers[1].second = header;
    fake_.http.expect(kBase + "a/manifests/1", response);
    EXPECT_EQ(tagged()->digest.text(), digest_of(body));
  }
}

TEST_F(RegistryStoreTest, BelievesNoDigestThatIsNotThatOfTheBody) {
  const std::string body = manifest_of(config_created("2020-01-01T00:00:00Z"), 5);
  for (const std::string& digest : {some_digest('1'), "sha512:" + std::string(128, '1')}) {
    HttpResponse response = manifest_response(body);
    response.headers[1].second = digest;
    fake_.http.expect(kBase + "a/manifests/1", response);
    EXPECT_THAT(
        [&] { tagged(); },
        Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kMalformed),
                            Property(&Error::what, StrEq("does not match digest " + digest)))));
  }
}

/// The registry's leaves the signatures out, so nothing proves it.
TEST_F(RegistryStoreTest, ComputesTheDigestOfSchemaOne) {
  const std::string body = R"({"fsLayers": [], "signatures": []})";
  HttpResponse response =
      manifest_response(body, "application/vnd.docker.distribution.manifest.v1+prettyjws");
  response.headers[1].second = some_digest('1');
  fake_.http.expect(kBase + "a/manifests/1", response);
  EXPECT_EQ(tagged()->digest, Digest(digest_of(body)));
}

TEST_F(RegistryStoreTest, ComparesWithTheDigestThatIsKnown) {
  const Digest known(some_digest('1'));
  fake_.http.expect(kBase + "a/manifests/1", status(304));
  const auto same = tagged(known);
  ASSERT_TRUE(same);
  EXPECT_EQ(same->digest, known);
  EXPECT_FALSE(same->manifest);
  EXPECT_EQ(header_of(fake_.http.requests()[0], "If-None-Match"), "\"" + known.text() + "\"");
  fake_.http.expect(kBase + "a/manifests/1", status(304));
  EXPECT_THAT([&] { tagged(); }, Throws<Error>(Property(&Error::what, StrEq("HTTP status 304"))));
  fake_.http.expect(kBase + "a/manifests/1", status(404));
  EXPECT_FALSE(tagged(known));
}

TEST_F(RegistryStoreTest, AsksForHeadersWhereOnlyTheDigestIsWanted) {
  const std::string url = kBase + "a/manifests/1";
  HttpResponse head = manifest_response("{}");
  const std::string digest = digest_of(head.body);
  head.body.clear();
  fake_.http.expect(url, head);
  EXPECT_EQ(wait(fake_.http, store().digest("a", "1")), Digest(digest));
  EXPECT_EQ(fake_.http.requests()[0].method, HttpMethod::kHead);
  EXPECT_EQ(header_of(fake_.http.requests()[0], "Accept"), kAcceptManifests);
  for (const int missing : {400, 204}) {
    fake_.http.expect(url, status(missing));
    fake_.http.expect(url, status(404));  // to a GET, since a HEAD may say anything
    EXPECT_EQ(wait(fake_.http, store().digest("a", "1")), std::nullopt);
    EXPECT_EQ(fake_.http.requests().back().method, HttpMethod::kGet);
  }
  fake_.http.expect(url, status(404));  // as it answers to HEAD
  EXPECT_EQ(wait(fake_.http, store().digest("a", "1")), std::nullopt);
  fake_.http.expect(url, status(403));
  EXPECT_THAT([&] { wait(fake_.http, store().digest("a", "1")); },
              Throws<Error>(Property(&Error::what, StrEq("HTTP status 403"))));
  fake_.http.expect(url, head);  // it still answers to HEAD
  EXPECT_EQ(wait(fake_.http, store().digest("a", "1")), Digest(digest));
  EXPECT_EQ(fake_.http.requests().back().method, HttpMethod::kHead);
}

TEST_F(RegistryStoreTest, BelievesNoHeadersOfARegistryThatHasNotYetAnsweredSo) {
  fake_.http.expect(kBase + "a/manifests/1", status(404));
  fake_.http.expect(kBase + "a/manifests/1", ok(R"({"manifests": []})"));
  EXPECT_EQ(wait(fake_.http, store().digest("a", "1")), Digest(digest_of(R"({"manifests": []})")));
}

TEST_F(RegistryStoreTest, AsksForManifestsWhereHeadersGiveNoDigestAndRemembersIt) {
  const std::string url = kBase + "a/manifests/1";
  const std::string manifest = R"({"manifests": []})";
  HttpResponse invalid{200, {{"docker-content-digest", "sha256:x"}}, ""};
  for (const HttpResponse& head : {status(405), status(501), ok(""), invalid}) {
    store_.reset();
    fake_.http.expect(url, head);
    fake_.http.expect(url, ok(manifest));
    EXPECT_EQ(wait(fake_.http, store().digest("a", "1")), Digest(digest_of(manifest)));
    fake_.http.expect(url, ok(manifest));
    EXPECT_EQ(wait(fake_.http, store().digest("a", "1")), Digest(digest_of(manifest)));
    EXPECT_EQ(fake_.http.requests().back().method, HttpMethod::kGet);
    fake_.http.expect(url, status(404));
    EXPECT_EQ(wait(fake_.http, store().digest("a", "1")), std::nullopt);
  }
}

TEST_F(RegistryStoreTest, GivesTheManifestOfADigestAndVerifiesIt) {
  const std::string body = manifest_of(config_created("2020-01-01T00:00:00Z"), 5);
  const std::string url = kBase + "a/manifests/" + digest_of(body);
  const auto manifest = [&] {
    return wait(fake_.http, store().manifest("a", Digest(digest_of(body))));
  };
  fake_.http.expect(url, ok(body));
  EXPECT_TRUE(manifest());
  store_.reset();
  fake_.http.expect(url, status(404));
  EXPECT_FALSE(manifest());
  store_.reset();
  fake_.http.expect(url, ok(body + "\n"));
  EXPECT_THAT(manifest, Throws<Error>(Property(&Error::what, HasSubstr("does not match digest"))));
}

TEST_F(RegistryStoreTest, VerifiesABlobAgainstItsDigestOfWhicheverAlgorithm) {
  const std::string body = "{}";
  // printf '{}' | sha512sum
  const std::string sha512 =
      "sha512:27c74670adb75075fad058d5ceaf7b20c4e7786c83bae8a32f626f9782af34c9"
      "a33c2046ef60fd2a7878d378e29fec851806bbd9a67878f3a9f1cda4830763fd";
  for (const std::string& digest : {sha512, digest_of(body)}) {
    const auto blob = [&] { return wait(fake_.http, store().blob("a", Digest(digest))); };
    fake_.http.expect(kBase + "a/blobs/" + digest, ok(body));
    EXPECT_EQ(blob(), body);
    fake_.http.expect(kBase + "a/blobs/" + digest, ok("{ }"));
    EXPECT_THAT(blob,
                Throws<Error>(Property(&Error::what, StrEq("does not match digest " + digest))));
  }
}

TEST_F(RegistryStoreTest, ReadsBlobsAloneFromStorageWithoutTls) {
  const std::string body = "{}";
  const std::string url = kBase + "a/blobs/" + digest_of(body);
  const HttpResponse moved{307, {{"location", "http://storage:9000/blob"}}, ""};
  const auto blob = [&] { return wait(fake_.http, store().blob("a", Digest(digest_of(body)))); };
  fake_.http.expect(url, moved);
  fake_.http.expect("http://storage:9000/blob", ok(body));
  EXPECT_EQ(blob(), body);
  fake_.http.expect(url, moved);
  fake_.http.expect("http://storage:9000/blob", ok("{ }"));
  EXPECT_THAT(blob, Throws<Error>(Property(&Error::what, HasSubstr("does not match digest"))));
  fake_.http.expect(kBase + "a/manifests/1", moved);
  EXPECT_THAT([&] { tagged(); },
              Throws<Error>(Property(&Error::what, HasSubstr("non-https address"))));
}

TEST_F(RegistryStoreTest, ThrowsWhereABlobIsNotThere) {
  const Digest digest(some_digest('1'));
  fake_.http.expect(kBase + "a/blobs/" + digest.text(), status(404));
  EXPECT_THAT([&] { wait(fake_.http, store().blob("a", digest)); },
              Throws<Error>(Property(&Error::what, StrEq("HTTP status 404"))));
  EXPECT_EQ(fake_.http.requests()[0].max_body_bytes, std::size_t{8} << 20);
}

TEST_F(RegistryStoreTest, TellsRegistriesAndUsersApartForTheCache) {
  const std::string nobody = store().cache_key();
  store_.reset();
  fake_.environment.variables["DOCKER_CONFIG"] = "/c";
  fake_.files.files["/c/config.json"] =
      R"({"auths": {"r.example.com": {"username": "me", "password": "secret"}}})";
  const std::string me = store().cache_key();
  EXPECT_NE(me, nobody);
  EXPECT_THAT(me, AllOf(Not(HasSubstr("secret")), HasSubstr("https://r.example.com ")));
}

TEST_F(RegistryStoreTest, KnowsTheRepositoriesOfDockerHubInEverySpelling) {
  EXPECT_EQ(store().displayed_name("library/nginx"), "library/nginx");
  EXPECT_EQ(store().displayed_name("docker.io/library/nginx"), "docker.io/library/nginx");
  store_.reset();
  address_ = {"docker.io", "https://registry-1.docker.io"};
  for (const std::string name :
       {"nginx", "library/nginx", "docker.io/nginx", "docker.io/library/nginx",
        "index.docker.io/library/nginx", "registry-1.docker.io/library/nginx"}) {
    EXPECT_EQ(store().displayed_name(name), "nginx") << name;
  }
  EXPECT_EQ(store().displayed_name("docker.io/team/app"), "team/app");
  EXPECT_EQ(store().displayed_name("library/a/b"), "library/a/b");
}

TEST_F(RegistryStoreTest, OnDockerHubHasNoLibraryBeforeOfficialRepositories) {
  address_ = {"docker.io", "https://registry-1.docker.io"};
  const std::string base = "https://registry-1.docker.io/v2/";
  fake_.http.expect(base + "library/nginx/tags/list?n=1000", ok(R"({"tags": []})"));
  (void)wait(fake_.http, store().tags("nginx"));
  fake_.http.expect(base + "team/app/tags/list?n=1000", ok(R"({"tags": []})"));
  (void)wait(fake_.http, store().tags("team/app"));
}

TEST_F(RegistryStoreTest, HoldsWhatIsInItsNamespace) {
  for (const std::string name : {"a", "team/app", "teams"}) EXPECT_TRUE(store().holds(name));
  store_.reset();
  address_.name_space = "team";
  for (const std::string name : {"team", "team/app", "team/a/b"}) EXPECT_TRUE(store().holds(name));
  for (const std::string name : {"a", "teams", "teams/a", "a/team"}) {
    EXPECT_FALSE(store().holds(name));
  }
  store_.reset();
  address_ = {"docker.io", "https://registry-1.docker.io", "library"};
  EXPECT_TRUE(store().holds("nginx"));
  EXPECT_FALSE(store().holds("team/app"));
}

/// A registry that limits pulls, or Docker Hub, which does so.
class FrugalStoreTest : public RegistryStoreTest {
 protected:
  static HttpResponse with_limit(HttpResponse response, const std::string& remaining) {
    response.headers.emplace_back("ratelimit-limit", "10;w=21600");
    response.headers.emplace_back("ratelimit-remaining", remaining);
    return response;
  }
  HttpResponse head(const std::string& remaining) const {
    HttpResponse response = manifest_response(manifest_);
    response.body.clear();
    return with_limit(std::move(response), remaining);
  }
  std::optional<Manifest> manifest() {
    return wait(fake_.http, store().manifest("a", Digest(digest_of(manifest_))));
  }

  const std::string manifest_ = manifest_of(config_created("2020-01-01T00:00:00Z"), 1);
  const std::string by_tag_ = kBase + "a/manifests/1";
  const std::string by_digest_ = kBase + "a/manifests/" + digest_of(manifest_);
};

TEST_F(FrugalStoreTest, AsksForHeadersOnceALimitIsTold) {
  fake_.http.expect(by_tag_, with_limit(manifest_response(manifest_), "9;w=21600"));
  EXPECT_TRUE(tagged()->manifest);
  fake_.http.expect(by_tag_, head("9;w=21600"));
  const auto again = tagged();
  EXPECT_EQ(fake_.http.requests().back().method, HttpMethod::kHead);
  EXPECT_EQ(again->digest.text(), digest_of(manifest_));
  EXPECT_FALSE(again->manifest);
}

TEST_F(FrugalStoreTest, StopsInTime) {
  fake_.http.expect(by_tag_, with_limit(manifest_response(manifest_), "3;w=21600"));
  EXPECT_TRUE(tagged()->manifest);
  fake_.http.expect(by_digest_, with_limit(manifest_response(manifest_), "2;w=21600"));
  EXPECT_TRUE(manifest());
  EXPECT_THAT([&] { (void)manifest(); },
              Throws<Error>(AllOf(
                  Property(&Error::kind, ErrorKind::kOutOfPulls),
                  Property(&Error::what, StrEq("r.example.com allows 2 more pulls in 6 hours")))));
}

TEST_F(FrugalStoreTest, GetsATagWhoseHeadersDoNotTellIt) {
  address_ = {"docker.io", "https://registry-1.docker.io"};
  const std::string url = "https://registry-1.docker.io/v2/library/a/manifests/1";
  for (const int refusal : {405, 404, 200}) {
    store_.reset();
    fake_.http.expect(url, status(refusal));
    if (refusal == 404) fake_.http.expect(url, status(refusal));  // which told no limit
    fake_.http.expect(url, manifest_response(manifest_));
    EXPECT_TRUE(tagged()->manifest) << refusal;
    EXPECT_EQ(fake_.http.requests().back().method, HttpMethod::kGet);
  }
}

TEST_F(FrugalStoreTest, KeepsWhatCountedAsAPull) {
  const TemporaryDirectory directory;
  const std::string path = (directory.path() / "cache").string();
  address_ = {"docker.io", "https://registry-1.docker.io"};
  const auto read = [&] {
    store_ = std::make_unique<RegistryStore>(
        address_, RegistryOptions{}, fake_.http, fake_.world, fake_.log,
        std::make_shared<ImageCache>(path, fake_.clock, fake_.log));
    return manifest();
  };
  const std::string url =
      "https://registry-1.docker.io/v2/library/a/manifests/" + digest_of(manifest_);
  fake_.http.expect(url, head("9;w=21600"));  // how many pulls are left?
  fake_.http.expect(url, manifest_response(manifest_));
  const auto fetched = read();
  ASSERT_TRUE(fetched);
  const auto kept = read();  // of which nothing is asked
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->size, fetched->size);
  EXPECT_EQ(kept->config_digest, fetched->config_digest);
  EXPECT_EQ(kept->media_type, fetched->media_type);
}

TEST_F(FrugalStoreTest, KeepsNothingThatIsDamaged) {
  const TemporaryDirectory directory;
  const auto cache =
      std::make_shared<ImageCache>((directory.path() / "cache").string(), fake_.clock, fake_.log);
  address_ = {"docker.io", "https://registry-1.docker.io"};
  const std::string url =
      "https://registry-1.docker.io/v2/library/a/manifests/" + digest_of(manifest_);
  for (const std::string content : {"no line", "application/vnd.oci.image.manifest.v1+json\n{}"}) {
    store_ = std::make_unique<RegistryStore>(address_, RegistryOptions{}, fake_.http, fake_.world,
                                             fake_.log, cache);
    cache->keep_answer(store_->cache_key(), "manifest/a@" + digest_of(manifest_),
                       {cache->now(), content});
    fake_.http.expect(url, head("9;w=21600"));
    fake_.http.expect(url, manifest_response(manifest_));
    EXPECT_TRUE(manifest()) << content;
  }
}

/// So that it need not be told again before pulls are spared.
TEST_F(FrugalStoreTest, RemembersThatARegistryTellsALimit) {
  const TemporaryDirectory directory;
  const auto cache =
      std::make_shared<ImageCache>((directory.path() / "cache").string(), fake_.clock, fake_.log);
  const auto reopen = [&] {
    store_ = std::make_unique<RegistryStore>(address_, RegistryOptions{}, fake_.http, fake_.world,
                                             fake_.log, cache);
  };
  const auto last_method = [&] { return fake_.http.requests().back().method; };
  HttpResponse unlimited = manifest_response(manifest_);
  unlimited.body.clear();
  reopen();
  fake_.http.expect(by_tag_, with_limit(manifest_response(manifest_), "9;w=21600"));
  EXPECT_TRUE(tagged()->manifest);
  reopen();
  fake_.http.expect(by_tag_, unlimited);  // HEAD alone may not tell
  EXPECT_FALSE(tagged()->manifest);
  EXPECT_EQ(last_method(), HttpMethod::kHead);
  fake_.http.expect(kBase + "b/manifests/" + digest_of(manifest_), manifest_response(manifest_));
  EXPECT_TRUE(wait(fake_.http, store().manifest("b", Digest(digest_of(manifest_)))));
  reopen();
  fake_.http.expect(by_tag_, manifest_response(manifest_));
  EXPECT_TRUE(tagged()->manifest);  // it tells none any more
  EXPECT_EQ(last_method(), HttpMethod::kGet);
}

TEST_F(FrugalStoreTest, AsksForTheLimitUntilItIsTold) {
  address_ = {"docker.io", "https://registry-1.docker.io"};
  const std::string url =
      "https://registry-1.docker.io/v2/library/a/manifests/" + digest_of(manifest_);
  fake_.http.expect(url, status(404));
  fake_.http.expect(url, status(404));
  EXPECT_FALSE(manifest());
  fake_.http.expect(url, head("2;w=21600"));
  EXPECT_THROW((void)manifest(), Error);
}

}  // namespace
}  // namespace dkr
