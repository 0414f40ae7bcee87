#include "source/registry/authorizing_client.h"

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "base/base64.h"
#include "base/error.h"
#include "support/fake_world.h"
#include "support/registry_content.h"

namespace dkr {
namespace {

using std::chrono::milliseconds, std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Property;
using testing::StrEq;
using testing::Throws;

constexpr const char* kTagsUrl = "https://r.example.com/v2/app/tags/list";
constexpr const char* kScope = "repository:app:pull";
constexpr const char* kTokenUrl =
    "https://auth.example.com:443/token?scope=repository%3Aapp%3Apull&service=r";
const Credentials kPassword{"me", "secret", ""};
const Credentials kIdentityToken{"", "", "refresh+me"};

HttpResponse challenge(std::string value) {
  return {401, {{"www-authenticate", std::move(value)}}, ""};
}
HttpResponse bearer_challenge() {
  return challenge(R"(Bearer realm="https://auth.example.com/token",service="r")");
}

/// A registry that answers the next requests with what a test says, and then with 200; the token
/// service is scripted in FakeWorld::http.
class Doors final : public HttpClient {
 public:
  explicit Doors(ScriptedHttp& token_service) : token_service_(token_service) {}

  Task<HttpResponse> send(HttpRequest request) override {
    const bool is_registry = request.url == kTagsUrl;
    (is_registry ? at_registry : at_token_service).push_back(header_of(request, "Authorization"));
    if (!is_registry) co_return co_await token_service_.send(std::move(request));
    co_await token_service_.sleep(milliseconds(0));  // an answer takes a while
    if (refusals.empty()) co_return ok("");
    HttpResponse response = std::move(refusals.front());
    refusals.pop_front();
    co_return response;
  }

  std::deque<HttpResponse> refusals;
  /// The Authorization of each request.
  std::vector<std::optional<std::string>> at_registry;
  std::vector<std::optional<std::string>> at_token_service;

 private:
  ScriptedHttp& token_service_;
};

/// A registry at https://r.example.com, or where `base_url` says, and its token service.
class AuthorizingClientTest : public testing::Test {
 protected:
  void open(std::optional<Credentials> credentials,
            const std::string& base_url = "https://r.example.com") {
    doors_ = std::make_unique<Doors>(fake_.http);
    client_ =
        std::make_unique<AuthorizingClient>(base_url, std::move(credentials), *doors_, fake_.clock);
  }

  static HttpRequest request_for(const std::string& scope) {
    HttpRequest request;
    request.url = kTagsUrl;
    request.scope = scope;
    return request;
  }

  /// What a request carries that nothing is wrong with.
  std::optional<std::string> authorization(const std::string& scope = kScope) {
    EXPECT_EQ(wait(fake_.http, client_->send(request_for(scope))).status, 200);
    return doors_->at_registry.back();
  }
  /// What the second attempt carries after `response` to the first; absent when there is none.
  std::optional<std::string> answer(const HttpResponse& response,
                                    const std::string& scope = kScope) {
    const std::size_t before = doors_->at_registry.size();
    doors_->refusals.push_back(response);
    const HttpResponse last = wait(fake_.http, client_->send(request_for(scope)));
    const bool has_second = doors_->at_registry.size() == before + 2;
    EXPECT_EQ(last.status, has_second ? 200 : response.status);
    return has_second ? doors_->at_registry.back() : std::nullopt;
  }
  void pass(milliseconds time) { fake_.clock.passed += time; }

  FakeWorld fake_;
  std::unique_ptr<Doors> doors_;
  std::unique_ptr<AuthorizingClient> client_;
};

TEST_F(AuthorizingClientTest, SendsNothingBeforeItIsAskedTo) {
  open(kPassword);
  EXPECT_EQ(authorization(), std::nullopt);
  EXPECT_EQ(authorization("registry:catalog:*"), std::nullopt);
  EXPECT_TRUE(client_->has_credentials());
  EXPECT_FALSE(client_->has_token());
}

TEST_F(AuthorizingClientTest, AnswersABasicChallengeWithUserAndPasswordFromThenOn) {
  open(kPassword);
  EXPECT_EQ(answer(challenge(R"(Basic realm="x")")), "Basic bWU6c2VjcmV0");
  EXPECT_EQ(authorization(), "Basic bWU6c2VjcmV0");
  EXPECT_EQ(authorization("repository:other:pull"), "Basic bWU6c2VjcmV0");
}

TEST_F(AuthorizingClientTest, HasNoAnswerWhereNoneWouldBeNew) {
  const HttpResponse basic = challenge(R"(Basic realm="x")");
  open(kPassword);
  EXPECT_EQ(answer(basic), "Basic bWU6c2VjcmV0");
  EXPECT_EQ(answer(basic), std::nullopt) << "which is what the first attempt has carried now";
  open(kPassword);
  EXPECT_EQ(answer(challenge(R"(Digest realm="x")")), std::nullopt);
  EXPECT_EQ(answer(HttpResponse{401, {}, ""}), std::nullopt);
  open(std::nullopt);
  EXPECT_EQ(answer(basic), std::nullopt);
  open(kIdentityToken);
  EXPECT_EQ(answer(basic), std::nullopt);
}

TEST_F(AuthorizingClientTest, AsksTheTokenServiceForATokenOfTheRepository) {
  open(std::nullopt);
  fake_.http.expect(kTokenUrl, ok(R"({"token": "t1"})"));
  EXPECT_EQ(answer(bearer_challenge()), "Bearer t1");
  EXPECT_EQ(authorization(), "Bearer t1");
  EXPECT_THAT(doors_->at_token_service, ElementsAre(std::nullopt));
  EXPECT_EQ(fake_.http.requests()[0].method, HttpMethod::kGet);
  EXPECT_TRUE(client_->has_token());
}

TEST_F(AuthorizingClientTest, GivesUserAndPasswordToTheTokenService) {
  open(kPassword);
  fake_.http.expect(std::string(kTokenUrl) + "&account=me", ok(R"({"token": "t1"})"));
  EXPECT_EQ(answer(bearer_challenge()), "Bearer t1");
  EXPECT_THAT(doors_->at_token_service, ElementsAre("Basic bWU6c2VjcmV0"));
}

TEST_F(AuthorizingClientTest, PostsAnIdentityTokenAndNoAuthorization) {
  open(kIdentityToken);
  fake_.http.expect("https://auth.example.com:443/token", ok(R"({"access_token": "t1"})"));
  EXPECT_EQ(answer(bearer_challenge()), "Bearer t1");
  EXPECT_THAT(doors_->at_token_service, ElementsAre(std::nullopt));
  const HttpRequest& request = fake_.http.requests()[0];
  EXPECT_EQ(request.method, HttpMethod::kPost);
  EXPECT_EQ(request.form,
            "grant_type=refresh_token&client_id=dkr-ls&scope=repository%3Aapp%3Apull&service=r"
            "&refresh_token=refresh%2Bme");
}

TEST_F(AuthorizingClientTest, AsksForWhatTheChallengeSays) {
  const struct {
    std::string challenge;
    std::string repository;
    std::string url;
  } rows[] = {
      {R"(Bearer realm="https://h/t",service="s",scope="repository:a/b:pull,push")", "a/b",
       "https://h:443/t?scope=repository%3Aa%2Fb%3Apull%2Cpush&service=s"},
      {R"(Bearer realm="https://h/t")", "a/b", "https://h:443/t?scope=repository%3Aa%2Fb%3Apull"},
      {R"(Bearer realm="https://h/t",service="",scope="")", "",
       "https://h:443/t?scope=registry%3Acatalog%3A%2A"},
      {R"(Bearer realm="https://h/t?x=1",service="a b&c")", "a",
       "https://h:443/t?x=1&scope=repository%3Aa%3Apull&service=a%20b%26c"},
      {R"(BEARER REALM=https://h:1/t,SERVICE=s)", "a",
       "https://h:1/t?scope=repository%3Aa%3Apull&service=s"},
      {R"(Basic realm="x", Bearer realm="https://h/t")", "a",
       "https://h:443/t?scope=repository%3Aa%3Apull"},
      {R"(Bearer realm="/token")", "a",
       "https://r.example.com:443/token?scope=repository%3Aa%3Apull"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.challenge);
    open(std::nullopt);
    fake_.http.expect(row.url, ok(R"({"token": "t"})"));
    const std::string scope =
        row.repository.empty() ? "registry:catalog:*" : "repository:" + row.repository + ":pull";
    EXPECT_EQ(answer(challenge(row.challenge), scope), "Bearer t");
  }
}

TEST_F(AuthorizingClientTest, FindsTheBearerChallengeInWhicheverHeaderItIs) {
  open(std::nullopt);
  fake_.http.expect("https://h:443/t?scope=repository%3Aapp%3Apull", ok(R"({"token": "t"})"));
  EXPECT_EQ(answer({401,
                    {{"www-authenticate", R"(Basic realm="x")"},
                     {"date", "today"},
                     {"www-authenticate", R"(Bearer realm="https://h/t")"}},
                    ""}),
            "Bearer t");
}

TEST_F(AuthorizingClientTest, TrustsNoTokenServiceWithoutTlsUnlessTheRegistryHasNone) {
  for (const std::string realm : {"http://h/t", "ftp://h/t", "https://me:pw@h/t", "", "https://"}) {
    SCOPED_TRACE(realm);
    open(kPassword);
    EXPECT_THAT([&] { answer(challenge("Bearer realm=\"" + realm + "\"")); },
                Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kUnauthorized),
                                    Property(&Error::what, HasSubstr("token service")))));
  }
  EXPECT_THAT(doors_->at_token_service, ElementsAre());

  open(kPassword, "http://localhost:5000");
  fake_.http.expect("http://h:80/t?scope=repository%3Aapp%3Apull&account=me",
                    ok(R"({"token": "t"})"));
  EXPECT_EQ(answer(challenge(R"(Bearer realm="http://h/t")")), "Bearer t");
}

TEST_F(AuthorizingClientTest, ReadsTheToken) {
  const struct {
    std::string body;
    std::string token;
  } rows[] = {
      {R"({"token": "a"})", "a"},
      {R"({"access_token": "a"})", "a"},
      {R"({"token": "a", "access_token": "b"})", "b"},
      {R"({"token": "a", "access_token": ""})", "a"},
      {R"({"token": null, "access_token": "b"})", "b"},
      {R"({"token": "a", "expires_in": "soon"})", "a"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.body);
    open(std::nullopt);
    fake_.http.expect(kTokenUrl, ok(row.body));
    EXPECT_EQ(answer(bearer_challenge()), "Bearer " + row.token);
  }
}

TEST_F(AuthorizingClientTest, RefusesWhatIsNoTokenAndQuotesNothingOfIt) {
  for (const std::string body : {"", "secret", R"({"token": "secr)", "[]", "{}", R"({"token": 7})",
                                 R"({"token": ""})", R"({"token": "secret\r\nX-Evil: 1"})",
                                 R"({"token": "sec ret"})", R"({"token": "secr\u00e9t"})"}) {
    SCOPED_TRACE(body);
    open(std::nullopt);
    fake_.http.expect(kTokenUrl, ok(body));
    EXPECT_THAT([&] { answer(bearer_challenge()); },
                Throws<Error>(AllOf(
                    Property(&Error::kind, ErrorKind::kUnauthorized),
                    Property(&Error::what, StrEq("https://auth.example.com:443 gave no token for "
                                                 "repository:app:pull")))));
  }
}

TEST_F(AuthorizingClientTest, SaysWhoGaveNoToken) {
  open(kPassword);
  fake_.http.expect(std::string(kTokenUrl) + "&account=me",
                    status(401, R"({"details": "incorrect username or password"})"));
  EXPECT_THAT([&] { answer(bearer_challenge()); },
              Throws<Error>(AllOf(
                  Property(&Error::kind, ErrorKind::kUnauthorized),
                  Property(&Error::what, StrEq("no token from https://auth.example.com:443 for "
                                               "repository:app:pull (HTTP status 401)")))));
}

TEST_F(AuthorizingClientTest, DoesNotAskAgainForATokenThatWasRefused) {
  open(std::nullopt);
  fake_.http.expect(kTokenUrl, status(403));
  EXPECT_THROW(answer(bearer_challenge()), Error);
  EXPECT_THROW(authorization(), Error);
  EXPECT_THROW(authorization(), Error);
  EXPECT_EQ(fake_.http.requests().size(), 1U);
}

TEST_F(AuthorizingClientTest, RenewsATokenBeforeItExpires) {
  const struct {
    const char* what;
    std::string body;
    seconds good_until;
  } rows[] = {
      {"said", R"({"token": "old", "expires_in": 300})", seconds(270)},
      {"not said", R"({"token": "old"})", seconds(54)},
      {"not a number", R"({"token": "old", "expires_in": "300"})", seconds(54)},
      {"less than docker expects", R"({"token": "old", "expires_in": 1})", seconds(54)},
      {"not even that", R"({"token": "old", "expires_in": -5})", seconds(54)},
      {"for ever", R"({"token": "old", "expires_in": 9223372036854775807})", seconds(77'760)},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    open(std::nullopt);
    fake_.http.expect(kTokenUrl, ok(row.body));
    EXPECT_EQ(answer(bearer_challenge()), "Bearer old");
    pass(row.good_until - milliseconds(1));
    EXPECT_EQ(authorization(), "Bearer old");
    pass(milliseconds(1));
    fake_.http.expect(kTokenUrl, ok(R"({"token": "new"})"));
    EXPECT_EQ(authorization(), "Bearer new");
  }
}

TEST_F(AuthorizingClientTest, RenewsATokenThatIsRejectedEarly) {
  open(std::nullopt);
  fake_.http.expect(kTokenUrl, ok(R"({"token": "old", "expires_in": 300})"));
  EXPECT_EQ(answer(bearer_challenge()), "Bearer old");
  fake_.http.expect(kTokenUrl, ok(R"({"token": "new", "expires_in": 300})"));
  EXPECT_EQ(answer(bearer_challenge()), "Bearer new");
  EXPECT_EQ(authorization(), "Bearer new");
}

TEST_F(AuthorizingClientTest, GivesUpWhenTheNewTokenIsTheRejectedOne) {
  open(std::nullopt);
  fake_.http.expect(kTokenUrl, ok(R"({"token": "same", "expires_in": 300})"));
  EXPECT_EQ(answer(bearer_challenge()), "Bearer same");
  fake_.http.expect(kTokenUrl, ok(R"({"token": "same", "expires_in": 300})"));
  EXPECT_EQ(answer(bearer_challenge()), std::nullopt);
}

TEST_F(AuthorizingClientTest, HasATokenForEachRepositoryAndOneForTheCatalog) {
  open(std::nullopt);
  const std::string url = "https://auth.example.com:443/token?scope=";
  fake_.http.expect(url + "registry%3Acatalog%3A%2A&service=r", ok(R"({"token": "c"})"));
  EXPECT_EQ(answer(bearer_challenge(), "registry:catalog:*"), "Bearer c");
  fake_.http.expect(url + "repository%3Aa%3Apull&service=r", ok(R"({"token": "a"})"));
  EXPECT_EQ(authorization("repository:a:pull"), "Bearer a");
  EXPECT_EQ(authorization("registry:catalog:*"), "Bearer c");
  EXPECT_EQ(authorization("repository:a:pull"), "Bearer a");
}

/// Sends `count` requests at the same time and gives how each ended.
class ManyRequestsTest : public AuthorizingClientTest {
 protected:
  std::vector<std::string> send_at_once(int count) {
    std::vector<Task<HttpResponse>> tasks;
    for (int i = 0; i < count; ++i) tasks.push_back(client_->send(request_for(kScope)));
    for (auto& task : tasks) task.start();
    std::vector<std::string> results;
    for (auto& task : tasks) {
      while (!task.done()) fake_.http.poll();
      try {
        results.push_back(std::to_string(task.result().status));
      } catch (const Error& error) {
        results.emplace_back("error");
      }
    }
    return results;
  }
  void refuse(int count) {
    for (int i = 0; i < count; ++i) doors_->refusals.push_back(bearer_challenge());
  }
};

TEST_F(ManyRequestsTest, AskOnceForTheTokenThatAllOfThemNeed) {
  open(std::nullopt);
  refuse(5);
  fake_.http.expect(kTokenUrl, ok(R"({"token": "t", "expires_in": 300})"));
  EXPECT_THAT(send_at_once(5), testing::Each("200"));
  EXPECT_EQ(fake_.http.requests().size(), 1U);
  EXPECT_EQ(authorization(), "Bearer t");
}

TEST_F(ManyRequestsTest, RenewATokenOnceThatIsRejectedForAllOfThem) {
  open(std::nullopt);
  fake_.http.expect(kTokenUrl, ok(R"({"token": "old", "expires_in": 300})"));
  EXPECT_EQ(answer(bearer_challenge()), "Bearer old");
  refuse(5);
  fake_.http.expect(kTokenUrl, ok(R"({"token": "new", "expires_in": 300})"));
  EXPECT_THAT(send_at_once(5), testing::Each("200"));
  EXPECT_EQ(fake_.http.requests().size(), 2U);
  EXPECT_EQ(authorization(), "Bearer new");
}

TEST_F(ManyRequestsTest, AllFailWhereNoTokenIsGiven) {
  open(std::nullopt);
  refuse(3);
  fake_.http.expect(kTokenUrl, Error(ErrorKind::kUnreachable, "nobody listens"));
  EXPECT_THAT(send_at_once(3), testing::Each("error"));
}

TEST_F(AuthorizingClientTest, RefusesALargeAnswerOfTheTokenService) {
  open(std::nullopt);
  fake_.http.expect(kTokenUrl, ok(R"({"token": "t"})"));
  answer(bearer_challenge());
  EXPECT_EQ(fake_.http.requests()[0].max_body_bytes, std::size_t{1} << 20);
}

TEST_F(AuthorizingClientTest, TellsUsersApartWithoutSayingWhoTheyAre) {
  open(std::nullopt);
  EXPECT_EQ(client_->user_key(), "");
  open(kPassword);
  const std::string me = client_->user_key();
  EXPECT_THAT(me, AllOf(Not(HasSubstr("me")), Not(HasSubstr("secret")), Not(StrEq(""))));
  open(Credentials{"me", "another", ""});
  EXPECT_EQ(client_->user_key(), me);
  open(Credentials{"you", "secret", ""});
  EXPECT_NE(client_->user_key(), me);
  open(kIdentityToken);
  EXPECT_NE(client_->user_key(), me);
}

TEST_F(AuthorizingClientTest, KnowsWhatIsSecret) {
  open(kPassword);
  fake_.http.expect(std::string(kTokenUrl) + "&account=me", ok(R"({"token": "t0ken"})"));
  answer(bearer_challenge());
  for (const std::string text : {"the secret is out", "Bearer t0ken", "bWU6c2VjcmV0"}) {
    EXPECT_TRUE(client_->contains_secret(text)) << text;
  }
  for (const std::string text : {"", "me", "denied"}) {
    EXPECT_FALSE(client_->contains_secret(text)) << text;
  }
  open(kIdentityToken);
  EXPECT_TRUE(client_->contains_secret("<refresh+me>"));
  open(std::nullopt);
  EXPECT_FALSE(client_->contains_secret("anything"));
}

}  // namespace
}  // namespace dkr
