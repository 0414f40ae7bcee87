#include "source/registry/client.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"
#include "support/fake_world.h"
#include "support/registry_content.h"

namespace dkr {
namespace {

using std::chrono::milliseconds, std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;
using testing::Not;
using testing::Property;
using testing::SizeIs;
using testing::Throws;

constexpr const char* kUrl = "https://r.example.com/v2/app/manifests/1";

HttpResponse redirect(int code, std::string location) {
  return {code, {{"location", std::move(location)}}, ""};
}
HttpResponse busy(int code, std::string retry_after) {
  return {code, {{"retry-after", std::move(retry_after)}}, ""};
}

/// A client of https://r.example.com, where docker's configuration knows the user me.
class RegistryClientTest : public testing::Test {
 protected:
  RegistryClientTest() {
    fake_.environment.variables["DOCKER_CONFIG"] = "/c";
    fake_.files.files["/c/config.json"] =
        R"({"auths": {"r.example.com": {"auth": "bWU6c2VjcmV0"}}})";
  }

  RegistryClient& client() {
    if (!client_) {
      client_ = std::make_unique<RegistryClient>(address_, seconds(60), fake_.http, fake_.world,
                                                 fake_.log);
    }
    return *client_;
  }
  HttpResponse send(HttpRequest request) {
    return wait(fake_.http, client().send(std::move(request)));
  }
  HttpResponse send() { return send(request_for(kUrl)); }
  static HttpRequest request_for(std::string url, std::string repository = "app") {
    HttpRequest request;
    request.url = std::move(url);
    request.scope = "repository:" + repository + ":pull";
    return request;
  }
  [[nodiscard]] const HttpRequest& request(std::size_t index) const {
    return fake_.http.requests().at(index);
  }

  FakeWorld fake_;
  RegistryAddress address_{"r.example.com", "https://r.example.com"};
  std::unique_ptr<RegistryClient> client_;
};

TEST_F(RegistryClientTest, SendsWhatIsAskedFor) {
  fake_.http.expect(kUrl, HttpResponse{200, {}, "body", HttpVersion::kTwo});
  EXPECT_EQ(client().version(), std::nullopt);
  HttpRequest request_sent = request_for(kUrl);
  request_sent.method = HttpMethod::kHead;
  request_sent.headers = {{"Accept", "text/plain"}};
  request_sent.max_body_bytes = 5;
  const HttpResponse response = send(request_sent);
  EXPECT_EQ(response.body, "body");
  EXPECT_EQ(client().version(), HttpVersion::kTwo);
  EXPECT_EQ(request(0).method, HttpMethod::kHead);
  EXPECT_EQ(request(0).max_body_bytes, 5U);
  EXPECT_EQ(request(0).peer.stall_timeout, seconds(60));
  EXPECT_EQ(request(0).url_secrecy, UrlSecrecy::kOpen);
  EXPECT_EQ(header_of(request(0), "Accept"), "text/plain");
  EXPECT_EQ(header_of(request(0), "User-Agent"), "dkr-ls");
  EXPECT_EQ(header_of(request(0), "Authorization"), std::nullopt);
}

TEST_F(RegistryClientTest, SendsNoHeaderThatNobodyAskedFor) {
  fake_.http.expect(kUrl, ok(""));
  send();
  EXPECT_THAT(request(0).headers, ElementsAre(std::pair("User-Agent", "dkr-ls")));
}

TEST_F(RegistryClientTest, GivesAnswersWhateverTheirStatus) {
  for (const int code : {204, 304, 400, 403, 404, 405, 500, 501}) {
    fake_.http.expect(kUrl, status(code));
    EXPECT_EQ(send().status, code);
  }
}

TEST_F(RegistryClientTest, AuthorizesWhenAskedToAndFromThenOnAtOnce) {
  fake_.http.expect(kUrl, HttpResponse{401, {{"www-authenticate", "Basic realm=\"x\""}}, ""});
  fake_.http.expect(kUrl, ok("a"));
  fake_.http.expect(kUrl, ok("b"));
  EXPECT_EQ(send().body, "a");
  EXPECT_EQ(send().body, "b");
  EXPECT_EQ(header_of(request(0), "Authorization"), std::nullopt);
  EXPECT_EQ(header_of(request(1), "Authorization"), "Basic bWU6c2VjcmV0");
  EXPECT_EQ(header_of(request(2), "Authorization"), "Basic bWU6c2VjcmV0");
}

TEST_F(RegistryClientTest, GivesTheRefusalOfCredentialsThatAreNotAccepted) {
  const HttpResponse refusal{401, {{"www-authenticate", "Basic realm=\"x\""}}, "no"};
  fake_.http.expect(kUrl, refusal);
  fake_.http.expect(kUrl, refusal);
  EXPECT_EQ(send().status, 401);
  fake_.http.expect(kUrl, refusal);
  EXPECT_EQ(send().status, 401);
}

TEST_F(RegistryClientTest, RenewsATokenOnceAfterARefusal) {
  const HttpResponse refusal{
      401, {{"www-authenticate", R"(Bearer realm="https://auth.example.com/t")"}}, ""};
  const std::string token_url =
      "https://auth.example.com:443/t?scope=repository%3Aapp%3Apull&account=me";
  fake_.http.expect(kUrl, refusal);
  fake_.http.expect(token_url, ok(R"({"token": "a", "expires_in": 300})"));
  fake_.http.expect(kUrl, ok(""));
  EXPECT_EQ(send().status, 200);
  fake_.http.expect(kUrl, refusal);
  fake_.http.expect(token_url, ok(R"({"token": "b", "expires_in": 300})"));
  fake_.http.expect(kUrl, refusal);
  EXPECT_EQ(send().status, 401);
  EXPECT_EQ(header_of(request(3), "Authorization"), "Bearer a");
  EXPECT_EQ(header_of(request(5), "Authorization"), "Bearer b");
}

/// What is sent to a token service is not what is sent to the registry.
TEST_F(RegistryClientTest, SendsPasswordsToTheTokenServiceAndTokensToTheRegistry) {
  fake_.http.expect(
      kUrl, HttpResponse{401, {{"www-authenticate", "Bearer realm=\"https://auth/t\""}}, ""});
  fake_.http.expect("https://auth:443/t?scope=repository%3Aapp%3Apull&account=me",
                    ok(R"({"token": "t0ken"})"));
  fake_.http.expect(kUrl, ok(""));
  send();
  EXPECT_EQ(header_of(request(1), "Authorization"), "Basic bWU6c2VjcmV0");
  EXPECT_EQ(header_of(request(2), "Authorization"), "Bearer t0ken");
  EXPECT_THAT(fake_.err.content, AllOf(Not(HasSubstr("t0ken")), Not(HasSubstr("secret"))));
}

HttpRequest accepting(std::string type) {
  HttpRequest request;
  request.url = kUrl;
  request.scope = "repository:app:pull";
  request.headers = {{"Accept", std::move(type)}};
  return request;
}

/// Once authorized, follows one redirect of the registry.
class RedirectTest : public RegistryClientTest {
 protected:
  RedirectTest() {
    fake_.http.expect(kUrl, HttpResponse{401, {{"www-authenticate", "Basic realm=\"x\""}}, ""});
  }
};

TEST_F(RedirectTest, NeverCarriesTheAuthorizationToAnotherHost) {
  const struct {
    std::string location;
    std::string url;
  } rows[] = {
      {"https://cdn.example.com/blob?signature=x", "https://cdn.example.com:443/blob?signature=x"},
      {"//cdn.example.com/blob", "https://cdn.example.com:443/blob"},
      {"https://r.example.com:8443/blob", "https://r.example.com:8443/blob"},
      {"https://r.example.com.evil.org/blob", "https://r.example.com.evil.org:443/blob"},
  };
  for (const auto& [location, url] : rows) {
    SCOPED_TRACE(location);
    fake_.http.expect(kUrl, redirect(307, location));
    fake_.http.expect(url, ok("blob"));
    EXPECT_EQ(send(accepting("x/y")).body, "blob");
    const HttpRequest& last = fake_.http.requests().back();
    EXPECT_EQ(header_of(last, "Authorization"), std::nullopt);
    EXPECT_EQ(header_of(last, "Accept"), "x/y");
    EXPECT_EQ(last.url_secrecy, UrlSecrecy::kSecret);
    const HttpRequest& before = request(fake_.http.requests().size() - 2);
    EXPECT_EQ(header_of(before, "Authorization"), "Basic bWU6c2VjcmV0");
    EXPECT_EQ(before.url_secrecy, UrlSecrecy::kOpen);
  }
}

TEST_F(RedirectTest, CarriesTheAuthorizationOnAtTheSameHost) {
  for (const int code : {301, 302, 303, 307, 308}) {
    SCOPED_TRACE(code);
    fake_.http.expect(kUrl, redirect(code, "/v2/other"));
    fake_.http.expect("https://r.example.com:443/v2/other", ok(""));
    EXPECT_EQ(send().status, 200);
    EXPECT_EQ(header_of(fake_.http.requests().back(), "Authorization"), "Basic bWU6c2VjcmV0");
    EXPECT_EQ(fake_.http.requests().back().url_secrecy, UrlSecrecy::kOpen);
  }
}

TEST_F(RedirectTest, FollowsARelativeLocationFromWhereItCame) {
  fake_.http.expect(kUrl, redirect(302, "https://cdn.example.com/a/b"));
  fake_.http.expect("https://cdn.example.com:443/a/b", redirect(302, "c?d"));
  fake_.http.expect("https://cdn.example.com:443/a/c?d", ok("blob"));
  EXPECT_EQ(send().body, "blob");
  EXPECT_EQ(header_of(fake_.http.requests().back(), "Authorization"), std::nullopt);
}

TEST_F(RedirectTest, IsRefusedWhereItLeadsAwayFromTlsOrNowhere) {
  for (const std::string location :
       {"http://r.example.com/x", "http://cdn.example.com/x", "ftp://cdn.example.com/x",
        "file:///x", "https://me:pw@cdn.example.com/x", "https://", "", ":"}) {
    SCOPED_TRACE(location);
    fake_.http.expect(kUrl, redirect(302, location));
    EXPECT_THAT(
        [&] { send(); },
        Throws<Error>(AllOf(
            Property(&Error::kind, ErrorKind::kRefused),
            Property(&Error::what, HasSubstr("redirect to an invalid or non-https address")))));
  }
}

TEST_F(RedirectTest, GivesNoCredentialsToAHostThatWantsThem) {
  fake_.http.expect(kUrl, redirect(302, "https://evil.example.com/x"));
  fake_.http.expect("https://evil.example.com:443/x",
                    HttpResponse{401, {{"www-authenticate", "Basic realm=\"x\""}}, ""});
  EXPECT_THAT([&] { send(); },
              Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kRefused),
                                  Property(&Error::what, HasSubstr("requires credentials")))));
  EXPECT_EQ(header_of(fake_.http.requests().back(), "Authorization"), std::nullopt);
}

TEST_F(RedirectTest, NamesTheHostThatCannotBeReached) {
  const std::pair<ErrorKind, ErrorKind> kinds[] = {{ErrorKind::kUnreachable, ErrorKind::kBusy},
                                                   {ErrorKind::kTimedOut, ErrorKind::kBusy},
                                                   {ErrorKind::kTooLarge, ErrorKind::kRefused}};
  for (const auto& [cause, seen] : kinds) {
    fake_.http.expect(kUrl, redirect(302, "https://cdn.example.com/x?sig=secret"));
    fake_.http.expect("https://cdn.example.com:443/x?sig=secret", Error(cause, "cause"));
    EXPECT_THAT([&] { send(); },
                Throws<Error>(AllOf(
                    Property(&Error::kind, seen),
                    Property(&Error::what, AllOf(HasSubstr("https://cdn.example.com:443, where"),
                                                 HasSubstr("cause"), Not(HasSubstr("secret")))))));
  }
}

TEST_F(RedirectTest, IsTheAnswerWhereItDoesNotSayWhereTo) {
  fake_.http.expect(kUrl, status(302));
  EXPECT_EQ(send().status, 302);
}

TEST_F(RedirectTest, IsFollowedFiveTimesAndNoMore) {
  const std::string next = "https://r.example.com:443/next";
  fake_.http.expect(kUrl, redirect(302, "/next"));
  for (int i = 0; i < 4; ++i) fake_.http.expect(next, redirect(302, "/next"));
  fake_.http.expect(next, ok(""));
  EXPECT_EQ(send().status, 200);
  fake_.http.expect(kUrl, redirect(302, "/next"));
  for (int i = 0; i < 5; ++i) fake_.http.expect(next, redirect(302, "/next"));
  EXPECT_THAT([&] { send(); }, Throws<Error>(Property(&Error::what, HasSubstr("without end"))));
}

TEST_F(RegistryClientTest, NamesTheTokenServiceThatCannotBeReached) {
  fake_.http.expect(
      kUrl, HttpResponse{401, {{"www-authenticate", "Bearer realm=\"https://auth/t\""}}, ""});
  fake_.http.expect("https://auth:443/t?scope=repository%3Aapp%3Apull&account=me",
                    Error(ErrorKind::kUnreachable, "connection refused"));
  EXPECT_THAT([&] { send(); },
              Throws<Error>(Property(&Error::what, HasSubstr("https://auth:443, where"))));
}

TEST_F(RegistryClientTest, FollowsNoRedirectOfAnIdentityToken) {
  fake_.files.files["/c/config.json"] =
      R"({"auths": {"r.example.com": {"identitytoken": "refresh"}}})";
  fake_.http.expect(
      kUrl, HttpResponse{401, {{"www-authenticate", "Bearer realm=\"https://auth/t\""}}, ""});
  fake_.http.expect("https://auth:443/t", redirect(307, "https://elsewhere.example.com/"));
  EXPECT_THAT([&] { send(); }, Throws<Error>(Property(&Error::kind, ErrorKind::kUnauthorized)));
}

TEST_F(RegistryClientTest, TriesAgainWhatMayPass) {
  for (const int code : {429, 502, 503, 504}) {
    SCOPED_TRACE(code);
    fake_.err.content.clear();
    fake_.http.expect(kUrl, status(code));
    fake_.http.expect(kUrl, ok("at last"));
    EXPECT_EQ(send().body, "at last");
    EXPECT_THAT(fake_.err.content, AllOf(HasSubstr(" WARNING r.example.com: "),
                                         HasSubstr("HTTP status " + std::to_string(code))));
    fake_.clock.passed += seconds(10);
  }
  for (const milliseconds wait : fake_.http.sleeps()) {
    EXPECT_THAT(wait, AllOf(Ge(milliseconds(250)), Le(milliseconds(500))));
  }
}

TEST_F(RegistryClientTest, TriesAgainOnANewConnectionWhenTheOldOneBreaks) {
  fake_.http.expect(kUrl, Error(ErrorKind::kDisconnected, "it ended"));
  fake_.http.expect(kUrl, ok(""));
  EXPECT_EQ(send().status, 200);
  EXPECT_EQ(request(0).connection, Connection::kAny);
  EXPECT_EQ(request(1).connection, Connection::kNew);
  EXPECT_THAT(fake_.err.content, HasSubstr(" WARNING r.example.com: closed the connection; "));
}

TEST_F(RegistryClientTest, DoesNotTryAgainWhatWillFailAgain) {
  for (const ErrorKind kind :
       {ErrorKind::kUnreachable, ErrorKind::kTimedOut, ErrorKind::kTooLarge, ErrorKind::kUntrusted,
        ErrorKind::kMalformed, ErrorKind::kForbidden}) {
    fake_.http.expect(kUrl, Error(kind, "cause"));
    EXPECT_THAT([&] { send(); }, Throws<Error>(Property(&Error::kind, kind)));
  }
  EXPECT_THAT(fake_.http.sleeps(), SizeIs(0));
}

TEST_F(RegistryClientTest, GivesTheFifthRefusal) {
  for (int i = 0; i < 5; ++i) fake_.http.expect(kUrl, status(503));
  EXPECT_EQ(send().status, 503);
  for (int i = 0; i < 5; ++i) fake_.http.expect(kUrl, Error(ErrorKind::kDisconnected, "it ended"));
  EXPECT_THAT([&] { send(); }, Throws<Error>(Property(&Error::kind, ErrorKind::kDisconnected)));
  EXPECT_THAT(fake_.http.requests(), SizeIs(10));
}

TEST_F(RegistryClientTest, GivesTheFifthRefusalOfTooManyRequests) {
  for (int i = 0; i < 5; ++i) fake_.http.expect(kUrl, busy(429, "1"));
  EXPECT_EQ(send().status, 429);
}

TEST_F(RegistryClientTest, WaitsLongerEachTime) {
  for (int i = 0; i < 5; ++i) fake_.http.expect(kUrl, status(503));
  send();
  milliseconds longest{500};
  ASSERT_THAT(fake_.http.sleeps(), SizeIs(4));
  for (const milliseconds wait : fake_.http.sleeps()) {
    EXPECT_THAT(wait, AllOf(Ge(longest / 2), Le(longest)));
    longest *= 2;
  }
}

TEST_F(RegistryClientTest, WaitsAsLongAsItIsAskedTo) {
  const struct {
    std::string retry_after;
    milliseconds least;
    milliseconds most;
  } rows[] = {
      {"7", seconds(7), seconds(7)},
      {"Sun, 20 Sep 2020 00:00:09 GMT", seconds(9), seconds(9)},
      {"0", milliseconds(250), milliseconds(500)},
      {"-5", milliseconds(250), milliseconds(500)},
      {"Sat, 19 Sep 2020 00:00:00 GMT", milliseconds(250), milliseconds(500)},
      {"soon", milliseconds(250), milliseconds(500)},
      {"300", seconds(300), seconds(300)},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.retry_after);
    fake_.clock.passed = milliseconds(0);
    client_.reset();
    fake_.http.expect(kUrl, busy(429, row.retry_after));
    fake_.http.expect(kUrl, ok(""));
    EXPECT_EQ(send().status, 200);
    EXPECT_THAT(fake_.clock.passed, AllOf(Ge(row.least), Le(row.most)));
  }
}

TEST_F(RegistryClientTest, GivesUpWhereTheWaitWouldBeTooLong) {
  for (const std::string retry_after :
       {"301", "99999999999999999999999", "Sat, 20 Sep 2070 0:0:0"}) {
    fake_.http.expect(kUrl, busy(429, retry_after));
    EXPECT_EQ(send().status, 429) << retry_after;
  }
  EXPECT_THAT(fake_.http.sleeps(), SizeIs(0));
}

TEST_F(RegistryClientTest, KeepsEveryoneWaitingWhileTheRegistryWantsToRest) {
  fake_.http.expect(kUrl, busy(429, "7"));
  fake_.http.expect(kUrl, ok("a"));
  auto first = client().send(request_for(kUrl));
  first.start();
  fake_.http.poll();
  fake_.http.expect("https://r.example.com/v2/b", ok("b"));
  auto second = client().send(request_for("https://r.example.com/v2/b", "b"));
  second.start();
  EXPECT_THAT(fake_.http.requests(), SizeIs(1));
  while (!first.done() || !second.done()) fake_.http.poll();
  EXPECT_EQ(first.result().body, "a");
  EXPECT_EQ(second.result().body, "b");
  EXPECT_THAT(fake_.clock.passed, AllOf(Ge(seconds(7)), Le(milliseconds(7100))));
}

TEST_F(RegistryClientTest, SaysOnceThatItWaitsForAllThatAreRefusedAtTheSameTime) {
  std::vector<Task<HttpResponse>> tasks;
  for (int i = 0; i < 3; ++i) {
    fake_.http.expect(kUrl, busy(429, "7"));
    tasks.push_back(client().send(request_for(kUrl)));
  }
  for (int i = 0; i < 3; ++i) fake_.http.expect(kUrl, ok(""));
  for (auto& task : tasks) task.start();
  for (auto& task : tasks) {
    while (!task.done()) fake_.http.poll();
    EXPECT_EQ(task.result().status, 200);
  }
  const std::size_t first = fake_.err.content.find(" WARNING ");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(fake_.err.content.find(" WARNING ", first + 1), std::string::npos);
  EXPECT_THAT(fake_.err.content,
              HasSubstr("HTTP status 429, too many requests; waiting 7.0 s before asking again"));
}

TEST_F(RegistryClientTest, AuthorizesAgainAfterWaiting) {
  const HttpResponse refusal{401, {{"www-authenticate", "Basic realm=\"x\""}}, ""};
  fake_.http.expect(kUrl, refusal);
  fake_.http.expect(kUrl, status(503));
  fake_.http.expect(kUrl, ok(""));
  EXPECT_EQ(send().status, 200);
  EXPECT_EQ(header_of(request(2), "Authorization"), "Basic bWU6c2VjcmV0");
}

TEST_F(RegistryClientTest, UsesTheProxyOfTheEnvironmentForTheHostThatItAsks) {
  fake_.environment.variables["HTTPS_PROXY"] = "http://proxy:3128";
  fake_.environment.variables["NO_PROXY"] = "cdn.example.com";
  fake_.http.expect(kUrl, redirect(302, "https://cdn.example.com/x"));
  fake_.http.expect("https://cdn.example.com:443/x", ok(""));
  send();
  EXPECT_EQ(request(0).peer.proxy.url, "http://proxy:3128");
  EXPECT_EQ(request(1).peer.proxy.url, "http://proxy:3128");
  EXPECT_EQ(request(1).peer.proxy.exceptions, "cdn.example.com");
}

TEST_F(RegistryClientTest, ShowsItsCertificateToTheRegistryAlone) {
  const std::string directory = "/etc/docker/certs.d/r.example.com/";
  fake_.files.files[directory + "ca.crt"] = "authority";
  fake_.files.files[directory + "client.cert"] = "certificate";
  fake_.files.files[directory + "client.key"] = "key";
  fake_.http.expect(kUrl, redirect(302, "https://cdn.example.com/x"));
  fake_.http.expect("https://cdn.example.com:443/x", ok(""));
  send();
  EXPECT_EQ(request(0).peer.tls->certificate, "certificate\n");
  EXPECT_EQ(request(0).peer.tls->key, "key\n");
  EXPECT_EQ(request(1).peer.tls->certificate, "");
  EXPECT_EQ(request(1).peer.tls->key, "");
  EXPECT_EQ(request(1).peer.tls->ca_certificates, "authority\n");
  EXPECT_TRUE(client().has_ca_certificates());
}

TEST_F(RegistryClientTest, HasNoCaCertificatesWhereNoneAreFound) {
  EXPECT_FALSE(client().has_ca_certificates());
  fake_.files.files["/etc/ssl/certs/ca-certificates.crt"] = "authorities";
  client_.reset();
  EXPECT_TRUE(client().has_ca_certificates());
}

TEST_F(RegistryClientTest, KnowsTheVersionOfTheRegistryAndNotThatOfOthers) {
  fake_.http.expect(kUrl, redirect(302, "https://cdn.example.com/x"));
  fake_.http.expect("https://cdn.example.com:443/x", HttpResponse{200, {}, "", HttpVersion::kTwo});
  send();
  EXPECT_EQ(client().version(), HttpVersion::kOne);
}

}  // namespace
}  // namespace dkr
