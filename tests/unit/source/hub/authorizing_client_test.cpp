#include "source/hub/authorizing_client.h"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "net/both.h"
#include "support/fake_world.h"
#include "support/registry_content.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Property;
using testing::Throws;

constexpr const char* kListUrl = "https://hub.docker.com/v2/namespaces/a/repositories";
constexpr const char* kExchangeUrl = "https://hub.docker.com/v2/auth/token";
const Credentials kPassword{"me", "p\"ss\\w/rd", ""};

HttpResponse token(const std::string& text) { return ok(R"({"access_token": ")" + text + "\"}"); }

class HubAuthorizingClientTest : public testing::Test {
 protected:
  void open(std::optional<Credentials> credentials) {
    client_ = std::make_unique<HubAuthorizingClient>(std::move(credentials), fake_.http,
                                                     fake_.masked_err);
  }
  Task<HttpResponse> request(std::string url = kListUrl) {
    HttpRequest request;
    request.url = std::move(url);
    return client_->send(std::move(request));
  }
  int send(std::string url = kListUrl) { return wait(fake_.http, request(std::move(url))).status; }
  /// The Authorization of all requests, with the URL of those that carry none.
  std::vector<std::string> carried() {
    std::vector<std::string> result;
    for (const HttpRequest& sent : fake_.http.requests()) {
      result.push_back(header_of(sent, "Authorization").value_or(sent.url));
    }
    return result;
  }

  FakeWorld fake_;
  std::unique_ptr<HubAuthorizingClient> client_;
};

TEST_F(HubAuthorizingClientTest, SendsNothingForAGuest) {
  open(std::nullopt);
  fake_.http.expect(kListUrl, status(401));
  EXPECT_EQ(send(), 401);
  EXPECT_THAT(carried(), ElementsAre(kListUrl));
  EXPECT_EQ(client_->credentials_key(), "");
}

TEST_F(HubAuthorizingClientTest, ExchangesThePasswordForAToken) {
  open(kPassword);
  fake_.http.expect(kExchangeUrl, token("t0ken"));
  fake_.http.expect(kListUrl, ok(""));
  fake_.http.expect(kListUrl, status(404));
  EXPECT_FALSE(client_->has_token());
  EXPECT_EQ(send(), 200);
  EXPECT_EQ(send(), 404);
  EXPECT_TRUE(client_->has_token());
  EXPECT_THAT(carried(), ElementsAre(kExchangeUrl, "Bearer t0ken", "Bearer t0ken"));
  const HttpRequest& exchange = fake_.http.requests()[0];
  EXPECT_EQ(exchange.method, HttpMethod::kPost);
  const json::Document body(exchange.body);
  EXPECT_EQ(body.root().find("identifier")->string(), "me");
  EXPECT_EQ(body.root().find("secret")->string(), kPassword.password);
  EXPECT_EQ(client_->credentials_key(), credentials_key(kPassword));
}

TEST_F(HubAuthorizingClientTest, SendsATokenToDockerHubAlone) {
  open(kPassword);
  for (const std::string url : {"https://example.com/", "http://hub.docker.com/",
                                "https://hub.docker.com:444/", "https://hub.docker.com.x/"}) {
    fake_.http.expect(url, ok(""));
    EXPECT_EQ(send(url), 200);
    EXPECT_EQ(carried().back(), url);
  }
}

TEST_F(HubAuthorizingClientTest, ExchangesOnceForAll) {
  open(kPassword);
  fake_.http.expect(kExchangeUrl, token("a"));
  fake_.http.expect(kListUrl, ok(""));
  fake_.http.expect(kListUrl, ok(""));
  (void)wait(fake_.http, both(request(), request()));
  EXPECT_THAT(carried(), ElementsAre(kExchangeUrl, "Bearer a", "Bearer a"));
}

TEST_F(HubAuthorizingClientTest, RenewsATokenOnce) {
  open(kPassword);
  fake_.http.expect(kExchangeUrl, token("a"));
  fake_.http.expect(kListUrl, status(401));
  fake_.http.expect(kExchangeUrl, token("b"));
  fake_.http.expect(kListUrl, status(401));
  EXPECT_EQ(send(), 401);
  fake_.http.expect(kListUrl, status(401));  // and there is no third token
  EXPECT_EQ(send(), 401);
  fake_.http.expect(kListUrl, ok(""));
  EXPECT_EQ(send(), 200);
  fake_.http.expect(kListUrl, status(401));
  fake_.http.expect(kExchangeUrl, token("c"));
  fake_.http.expect(kListUrl, ok(""));
  EXPECT_EQ(send(), 200);
  EXPECT_EQ(carried().back(), "Bearer c");
}

TEST_F(HubAuthorizingClientTest, RenewsATokenForAllRequestsAtOnce) {
  open(kPassword);
  fake_.http.expect(kExchangeUrl, token("a"));
  fake_.http.expect(kListUrl, status(401));
  fake_.http.expect(kListUrl, status(401));
  fake_.http.expect(kExchangeUrl, token("b"));
  fake_.http.expect(kListUrl, ok(""));
  fake_.http.expect(kListUrl, ok(""));
  const auto answers = wait(fake_.http, both(request(), request()));
  EXPECT_EQ(answers.first.status + answers.second.status, 400);
}

TEST_F(HubAuthorizingClientTest, TakesAnOverloadedServiceForNoRefusal) {
  for (const int busy : {429, 500, 503}) {
    open(kPassword);
    fake_.http.expect(kExchangeUrl, status(busy));
    EXPECT_THAT([&] { send(); },
                Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kBusy),
                                    Property(&Error::what, HasSubstr("no token now: HTTP")))));
  }
}

TEST_F(HubAuthorizingClientTest, RefusesToGoOnAsAGuest) {
  for (const HttpResponse& refusal :
       {status(401), status(403), status(307), status(201), ok(""), ok("[]"), ok("{}"),
        ok(R"({"access_token": null})"), ok(R"({"access_token": ""})"),
        ok(R"({"access_token": "a b"})"), ok(R"({"access_token": "a\r\nX: y"})")}) {
    open(kPassword);
    fake_.http.expect(kExchangeUrl, refusal);
    for (int i = 0; i < 2; ++i) {  // the second time without another request
      EXPECT_THAT([&] { send(); },
                  Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kUnauthorized),
                                      Property(&Error::what, HasSubstr("not accept the cred")),
                                      Property(&Error::hint, HasSubstr("docker login")))))
          << refusal.status << refusal.body;
    }
    EXPECT_FALSE(client_->has_token());
  }
}

TEST_F(HubAuthorizingClientTest, PassesOnWhyTheExchangeGotNoAnswer) {
  open(kPassword);
  fake_.http.expect(kExchangeUrl, Error(ErrorKind::kUnreachable, "down"));
  EXPECT_THAT([&] { send(); }, Throws<Error>(Property(&Error::kind, ErrorKind::kUnreachable)));
}

TEST_F(HubAuthorizingClientTest, CannotExchangeAnIdentityToken) {
  open(Credentials{"", "", "identity"});
  EXPECT_THAT([&] { send(); },
              Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kUnauthorized),
                                  Property(&Error::what, HasSubstr("identity token")),
                                  Property(&Error::hint, HasSubstr("--exact")))));
}

TEST_F(HubAuthorizingClientTest, HidesThePasswordAndTheToken) {
  open(kPassword);
  fake_.http.expect(kExchangeUrl, token("t0ken"));
  fake_.http.expect(kListUrl, ok(""));
  send();
  fake_.log.info("1 {} 2 {} 3 {} 4 {}", kPassword.password, "p%22ss%5Cw%2Frd", R"(p\"ss\\w/rd)",
                 "t0ken");
  EXPECT_THAT(fake_.err.content, HasSubstr("1 *** 2 *** 3 *** 4 ***"));
}

}  // namespace
}  // namespace dkr
