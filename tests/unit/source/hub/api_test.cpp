#include "source/hub/api.h"

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
#include "support/registry_content.h"

namespace dkr {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Property;
using testing::SizeIs;
using testing::StrEq;
using testing::Throws;

const std::string kTags = "https://hub.docker.com/v2/namespaces/library/repositories/nginx/tags";
const std::string kFirst = kTags + "?page_size=100";
const std::string kRepositories =
    "https://hub.docker.com/v2/namespaces/team/repositories?page_size=100";

/// Further pages are asked for with the port.
std::string page_url(int page) {
  return fmt::format(
      "https://hub.docker.com:443/v2/namespaces/library/repositories/nginx/tags?page={}", page);
}

HttpResponse page(const std::string& name, const std::string& next = "") {
  return ok(fmt::format(R"({{"next": "{}", "results": [{{"name": "{}"}}]}})", next, name));
}

class HubApiTest : public testing::Test {
 protected:
  HubApi& api() {
    if (!api_) api_ = std::make_unique<HubApi>(seconds(60), fake_.http, fake_.world, fake_.log);
    return *api_;
  }
  std::optional<HubTagList> tags(const std::string& repository = "nginx") {
    return wait(fake_.http, api().tags(repository));
  }
  std::vector<std::string> names() {
    std::vector<std::string> names;
    const auto list = tags();
    for (const HubTag& tag : list->tags) names.push_back(tag.name);
    return names;
  }
  void log_in() {
    fake_.environment.variables["DOCKER_CONFIG"] = "/c";
    fake_.files.files["/c/config.json"] =
        R"({"auths": {"https://index.docker.io/v1/": {"auth": "bWU6c2VjcmV0"}}})";
    fake_.http.expect("https://hub.docker.com/v2/auth/token", ok(R"({"access_token": "t0ken"})"));
  }

  FakeWorld fake_;
  std::unique_ptr<HubApi> api_;
};

TEST_F(HubApiTest, ReadsAllPages) {
  fake_.http.expect(kFirst, page("a", kTags + "?page=2"));
  fake_.http.expect(page_url(2), page("b", kTags + "?page=3"));
  fake_.http.expect(page_url(3), page("c"));
  EXPECT_FALSE(api().has_answered());
  EXPECT_THAT(names(), ElementsAre("a", "b", "c"));
  EXPECT_TRUE(api().has_answered());
  for (const HttpRequest& request : fake_.http.requests()) {
    EXPECT_EQ(header_of(request, "Authorization"), std::nullopt);
    EXPECT_EQ(request.max_body_bytes, 8U << 20);
    EXPECT_EQ(request.peer.stall_timeout, seconds(60));
  }
}

TEST_F(HubApiTest, SendsTheTokenOfTheUserWithEachRequest) {
  log_in();
  EXPECT_TRUE(api().has_credentials());
  EXPECT_TRUE(api().lacks_token());
  fake_.http.expect(kFirst, page("a", kTags + "?page=2"));
  fake_.http.expect(page_url(2), page("b"));
  EXPECT_THAT(names(), ElementsAre("a", "b"));
  EXPECT_FALSE(api().lacks_token());
  EXPECT_EQ(header_of(fake_.http.requests()[1], "Authorization"), "Bearer t0ken");
  EXPECT_EQ(header_of(fake_.http.requests()[2], "Authorization"), "Bearer t0ken");
}

TEST_F(HubApiTest, KeepsUsersApartInTheCache) {
  const HubApi guest(seconds(60), fake_.http, fake_.world, fake_.log);
  EXPECT_EQ(guest.answers_key(), "https://hub.docker.com ");
  fake_.environment.variables["DOCKER_CONFIG"] = "/c";
  fake_.files.files["/c/config.json"] = R"({"auths": {"docker.io": {"auth": "bWU6c2VjcmV0"}}})";
  EXPECT_EQ(api().answers_key(), "https://hub.docker.com " + credentials_key({"me", "secret", ""}));
}

TEST_F(HubApiTest, AsksDockerHubForFurtherPagesWhateverHostTheyName) {
  for (const std::string next :
       {"https://evil.example.com/v2/x?page=2", "http://hub.docker.com/v2/x?page=2",
        "https://hub.docker.com:444/v2/x?page=2", "https://hub.docker.com@evil/v2/x?page=2",
        "https://me:pw@hub.docker.com/v2/x?page=2", "//evil/v2/x?page=2", "/v2/x?page=2"}) {
    fake_.http.expect(kFirst, page("a", next));
    fake_.http.expect("https://hub.docker.com:443/v2/x?page=2", page("b"));
    EXPECT_THAT(names(), ElementsAre("a", "b")) << next;
  }
  fake_.http.expect(kFirst, page("a", "?page=2"));
  fake_.http.expect(page_url(2), page("b"));
  EXPECT_THAT(names(), ElementsAre("a", "b"));
}

TEST_F(HubApiTest, GivesWhatWasReadBeforeAPageThatFails) {
  const struct {
    ScriptedHttp::Answer answer;
    std::string cause;
  } rows[] = {
      {status(500), "HTTP status 500"},
      {status(404, R"({"message": "no"})"), "HTTP status 404, no"},
      {ok("<html>"), "not JSON"},
      {Error(ErrorKind::kTooLarge, "the answer is over 8 MiB"), "over 8 MiB"},
      {Error(ErrorKind::kTimedOut, "no progress"), "no progress"},
      {page("b", kTags + "?page=2"), "pages do not end"},
      {page("b", "ftp:x"), "next page has an invalid address"},
      {ok(R"({"results": [7]})"), "entry 2 is not an object"},
  };
  for (const auto& row : rows) {
    fake_.http.expect(kFirst, page("a", kTags + "?page=2"));
    fake_.http.expect_sometime(page_url(2), row.answer);
    const auto list = tags();
    ASSERT_TRUE(list && list->failure) << row.cause;
    EXPECT_THAT(list->failure->what(), HasSubstr(row.cause));
    EXPECT_EQ(list->tags.front().name, "a");
  }
}

TEST_F(HubApiTest, ThrowsWhenTheFirstPageFails) {
  fake_.http.expect(kFirst, status(403));
  EXPECT_THAT([&] { tags(); },
              Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kRefused),
                                  Property(&Error::what, StrEq("HTTP status 403")))));
  fake_.http.expect(kFirst, ok("[]"));
  EXPECT_THAT([&] { tags(); }, Throws<Error>(Property(&Error::kind, ErrorKind::kMalformed)));
  fake_.http.expect(kFirst, status(401, R"({"detail": "who\u001b are you\nthere"})"));
  EXPECT_THAT([&] { tags(); },
              Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kUnauthorized),
                                  Property(&Error::what, HasSubstr("HTTP status 401, who")),
                                  Property(&Error::hint, "docker login docker.io"))));
}

TEST_F(HubApiTest, EndsEndlessPages) {
  fake_.http.expect(kFirst, page("a", kTags + "?page=0"));
  for (int i = 0; i < 10'000; ++i) {
    fake_.http.expect(page_url(i), page("a", kTags + fmt::format("?page={}", i + 1)));
  }
  const auto list = tags();
  ASSERT_TRUE(list && list->failure);
  EXPECT_STREQ(list->failure->what(), "pages do not end");
  EXPECT_THAT(list->tags, SizeIs(1));
}

TEST_F(HubApiTest, WaitsAsDockerHubAsks) {
  const auto unix_time = [&](int later) {
    return std::to_string((fake_.clock.now() + seconds(later)).time_since_epoch().count());
  };
  fake_.http.expect(kFirst, HttpResponse{429, {{"x-retry-after", unix_time(90)}}, ""});
  fake_.http.expect(kFirst, page("a"));
  EXPECT_THAT(names(), ElementsAre("a"));
  EXPECT_GE(fake_.clock.passed, seconds(90));
  fake_.http.expect(kFirst, HttpResponse{429, {{"x-retry-after", unix_time(600)}}, ""});
  EXPECT_THAT([&] { tags(); },
              Throws<Error>(AllOf(
                  Property(&Error::kind, ErrorKind::kBusy),
                  Property(&Error::what, StrEq("HTTP status 429 (no more requests for 600 s)")))));
}

TEST_F(HubApiTest, KnowsNoSuchRepository) {
  fake_.http.expect(kFirst, status(404));
  EXPECT_FALSE(tags());
  for (const std::string name : {"a/b/c", "", "a//b", "a?b/c", "../x", "a/.."}) {
    EXPECT_FALSE(tags(name)) << name;
  }
}

TEST_F(HubApiTest, ListsANamespace) {
  fake_.http.expect(kRepositories, ok(R"({"results": [{"name": "b"}, {"name": "a"}, {}]})"));
  const NameList list = wait(fake_.http, api().repositories("team"));
  EXPECT_THAT(list.names, ElementsAre("team/b", "team/a"));
  ASSERT_TRUE(list.failure);
  EXPECT_THAT(list.failure->what(), HasSubstr("entry 3 has an invalid name"));
}

TEST_F(HubApiTest, KnowsNoSuchNamespace) {
  fake_.http.expect(kRepositories, status(404));
  for (const std::string name : {"team", "a/b", "", "a?b"}) {
    EXPECT_THAT([&] { wait(fake_.http, api().repositories(name)); },
                Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kRefused),
                                    Property(&Error::what, HasSubstr("no such user or org")),
                                    Property(&Error::hint, HasSubstr("--repo NAME")))));
  }
}

TEST_F(HubApiTest, RepeatsNoMessageOfAnotherHost) {
  fake_.http.expect(kFirst,
                    HttpResponse{307, {{"location", "https://cdn.example.com/x?sig=1"}}, ""});
  fake_.http.expect("https://cdn.example.com:443/x?sig=1", status(403, R"({"message": "sig=1"})"));
  EXPECT_THAT([&] { tags(); }, Throws<Error>(Property(&Error::what, StrEq("HTTP status 403"))));
}

TEST_F(HubApiTest, ExplainsWhyNothingCanBeRead) {
  const auto explained = [&](ErrorKind kind, const std::string& hint = "") {
    const Error error = api().explain(Error(kind, "cause", hint));
    EXPECT_EQ(error.kind(), kind);
    return fmt::format("{}; {}", error.what(), error.hint());
  };
  EXPECT_THAT(explained(ErrorKind::kUnreachable),
              AllOf(HasSubstr("cannot connect to Docker Hub at hub.docker.com: cause"),
                    HasSubstr("--exact")));
  EXPECT_THAT(explained(ErrorKind::kUntrusted), HasSubstr("certs.d/hub.docker.com/"));
  EXPECT_THAT(explained(ErrorKind::kTimedOut), HasSubstr("--timeout"));
  EXPECT_EQ(explained(ErrorKind::kBusy), "hub.docker.com: cause; try again later");
  EXPECT_EQ(explained(ErrorKind::kUnauthorized, "log in"), "hub.docker.com: cause; log in");
}

}  // namespace
}  // namespace dkr
