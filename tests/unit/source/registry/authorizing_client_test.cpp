#include "source/registry/authorizing_client.h"

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
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

/// A registry that answers the next requests with what a test says, and then with 200, but has
/// nothing at /v2/ unless a test says so; the token service is scripted in FakeWorld::http.
class Doors final : public HttpClient {
 public:
  explicit Doors(ScriptedHttp& token_service) : token_service_(token_service) {}

  Task<HttpResponse> send(HttpRequest request) override {
    if (request.url.ends_with("/v2/")) {
      at_introduction.push_back(header_of(request, "Authorization"));
      co_await token_service_.sleep(milliseconds(0));
      if (const Error* error = std::get_if<Error>(&introduction)) throw Error(*error);
      co_return std::get<HttpResponse>(introduction);
    }
    const bool is_registry = request.url.ends_with("/tags/list");
    (is_registry ? at_registry : at_token_service).push_back(header_of(request, "Authorization"));
    if (!is_registry) co_return co_await token_service_.send(std::move(request));
    co_await token_service_.sleep(milliseconds(0));  // an answer takes a while
    if (refusals.empty()) co_return ok("");
    HttpResponse response = std::move(refusals.front());
    refusals.pop_front();
    co_return response;
  }

  ScriptedHttp::Answer introduction = status(404);
  std::deque<HttpResponse> refusals;
  /// The Authorization of each request.
  std::vector<std::optional<std::string>> at_introduction;
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
    client_ = std::make_unique<AuthorizingClient>(base_url, std::move(credentials), *doors_,
                                                  fake_.clock, fake_.masked_err);
  }

  [[nodiscard]] HttpRequest request_for(const std::string& scope) const {
    HttpRequest request;
    request.url = url_;
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
  std::string url_ = kTagsUrl;
};

TEST_F(AuthorizingClientTest, AsksNothingBeforehandWithoutCredentials) {
  open(std::nullopt);
  EXPECT_EQ(authorization(), std::nullopt);
  EXPECT_THAT(doors_->at_introduction, ElementsAre());
  EXPECT_FALSE(client_->has_credentials());
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
  EXPECT_EQ(request.body,
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

TEST_F(AuthorizingClientTest, TrustsNoTokenServiceWithoutTlsWhereTheRegistryHasIt) {
  for (const std::string realm : {"http://h/t", "ftp://h/t", "https://me:pw@h/t", "", "https://"}) {
    SCOPED_TRACE(realm);
    open(kPassword);
    EXPECT_THAT([&] { answer(challenge("Bearer realm=\"" + realm + "\"")); },
                Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kRefused),
                                    Property(&Error::what, HasSubstr("token service")))));
    EXPECT_THAT(doors_->at_token_service, ElementsAre());
  }
}

/// A password may go in clear where it goes in clear anyway, and nowhere else.
TEST_F(AuthorizingClientTest, TrustsATokenServiceWithoutTlsOnTheHostOfARegistryWithoutTls) {
  url_ = "http://localhost:5000/v2/app/tags/list";
  const std::string query = "?scope=repository%3Aapp%3Apull";
  for (const auto& credentials : {kPassword, kIdentityToken}) {
    for (const std::string realm :
         {"http://127.0.0.1:5000/t", "http://h/t", "http://localhost.h/t"}) {
      SCOPED_TRACE(realm);
      open(credentials, "http://localhost:5000");
      EXPECT_THAT([&] { answer(challenge("Bearer realm=\"" + realm + "\"")); },
                  Throws<Error>(Property(&Error::kind, ErrorKind::kRefused)));
      EXPECT_THAT(doors_->at_token_service, ElementsAre());
    }
  }
  open(kPassword, "http://localhost:5000");
  fake_.http.expect("http://LOCALHOST:5001/t" + query + "&account=me", ok(R"({"token": "t"})"));
  EXPECT_EQ(answer(challenge(R"(Bearer realm="http://LOCALHOST:5001/t")")), "Bearer t");
  open(std::nullopt, "http://localhost:5000");
  fake_.http.expect("http://h:80/t" + query, ok(R"({"token": "t"})"));
  EXPECT_EQ(answer(challenge(R"(Bearer realm="http://h/t")")), "Bearer t") << "nothing is secret";
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

TEST_F(AuthorizingClientTest, RenewsNoTokenThatWasNeverAccepted) {
  open(kPassword);
  doors_->introduction = bearer_challenge();
  fake_.http.expect(std::string(kTokenUrl) + "&account=me", ok(R"({"token": "t"})"));
  EXPECT_EQ(answer(bearer_challenge()), std::nullopt);
  EXPECT_THAT(doors_->at_registry, ElementsAre("Bearer t"));
}

/// /v2/ does not say it, hence the first token is for what one would expect.
TEST_F(AuthorizingClientTest, AsksForTheScopeThatARepositoryWants) {
  open(kPassword);
  doors_->introduction = bearer_challenge();
  fake_.http.expect(std::string(kTokenUrl) + "&account=me", ok(R"({"token": "t"})"));
  fake_.http.expect(
      "https://auth.example.com:443/token?scope=repository%3Ap%2Fapp%3Apull&service=r&account=me",
      ok(R"({"token": "better"})"));
  EXPECT_EQ(answer(challenge(R"(Bearer realm="https://auth.example.com/token",service="r",)"
                             R"(scope="repository:p/app:pull")")),
            "Bearer better");
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

TEST_F(ManyRequestsTest, AskOnceHowTheRegistryWantsCredentials) {
  open(kPassword);
  doors_->introduction = ok("{}");
  EXPECT_THAT(send_at_once(5), testing::Each("200"));
  EXPECT_EQ(doors_->at_introduction.size(), 1U);
  EXPECT_THAT(doors_->at_registry, testing::Each("Basic bWU6c2VjcmV0"));
  open(kPassword);
  doors_->introduction = Error(ErrorKind::kTimedOut, "no progress");
  EXPECT_THAT(send_at_once(5), testing::Each("error"));
  EXPECT_EQ(doors_->at_introduction.size(), 1U);
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

TEST_F(AuthorizingClientTest, HidesWhatIsSecret) {
  const auto shown = [&](const std::string& text) {
    fake_.err.content.clear();
    fake_.log.info("<{}>", text);
    return fake_.err.content.substr(fake_.err.content.find('<'));
  };
  open(kPassword);
  fake_.http.expect(std::string(kTokenUrl) + "&account=me", ok(R"({"token": "t0ken"})"));
  doors_->introduction = bearer_challenge();
  EXPECT_EQ(authorization(), "Bearer t0ken");
  EXPECT_EQ(shown("the Secret is out"), "<the *** is out>\n");
  EXPECT_EQ(shown("Bearer t0ken"), "<Bearer ***>\n");
  EXPECT_EQ(shown("bWU6c2VjcmV0"), "<***>\n");
  EXPECT_EQ(shown("me, denied"), "<me, denied>\n");
  open(kIdentityToken);
  EXPECT_EQ(shown("refresh+me refresh%2bme"), "<*** ***>\n");
}

TEST_F(AuthorizingClientTest, AsksOnceHowTheRegistryWantsCredentials) {
  const struct {
    const char* what;
    HttpResponse introduction;
    Credentials credentials;
    std::optional<std::string> authorization;
  } rows[] = {
      {"open", ok("{}"), kPassword, "Basic bWU6c2VjcmV0"},
      {"a password", challenge("Basic realm=x"), kPassword, "Basic bWU6c2VjcmV0"},
      {"something else", challenge("Negotiate"), kPassword, std::nullopt},
      {"nothing", HttpResponse{401, {}, ""}, kPassword, std::nullopt},
      {"not found", status(404), kPassword, std::nullopt},
      {"forbidden", status(403), kPassword, std::nullopt},
      {"an error", status(500), kPassword, std::nullopt},
      {"no password to send", ok("{}"), kIdentityToken, std::nullopt},
      {"answered elsewhere",
       {200, {}, "", HttpVersion::kOne, "https://login.example.com:443/"},
       kPassword,
       std::nullopt},
      {"answered elsewhere at the registry",
       {200, {}, "", HttpVersion::kOne, "https://r.example.com:443/v2"},
       kPassword,
       "Basic bWU6c2VjcmV0"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    open(row.credentials);
    doors_->introduction = row.introduction;
    EXPECT_EQ(authorization(), row.authorization);
    EXPECT_EQ(authorization("registry:catalog:*"), row.authorization);
    EXPECT_THAT(doors_->at_introduction, ElementsAre(std::nullopt));
  }
}

TEST_F(AuthorizingClientTest, AsksForATokenAtOnceWhereTheRegistryWantsOne) {
  open(kPassword);
  doors_->introduction = bearer_challenge();
  fake_.http.expect(std::string(kTokenUrl) + "&account=me", ok(R"({"token": "t"})"));
  EXPECT_EQ(authorization(), "Bearer t");
  EXPECT_EQ(doors_->at_registry.size(), 1U);
}

TEST_F(AuthorizingClientTest, FailsWhereTheRegistryDoesNotAnswerAtAll) {
  open(kPassword);
  doors_->introduction = Error(ErrorKind::kUnreachable, "connection refused");
  EXPECT_THAT([&] { authorization(); },
              Throws<Error>(Property(&Error::kind, ErrorKind::kUnreachable)));
  open(kPassword);
  doors_->introduction = Error(ErrorKind::kRefused, "too many redirects");
  EXPECT_EQ(authorization(), std::nullopt);
}

/// As in Harbor, whose /v2/ and repositories take tokens, and whose catalog takes passwords.
TEST_F(AuthorizingClientTest, AnswersTheChallengeOfEachKindOfRequest) {
  open(kPassword);
  doors_->introduction = bearer_challenge();
  const std::string url = "https://auth.example.com:443/token?scope=";
  fake_.http.expect(url + "registry%3Acatalog%3A%2A&service=r&account=me", ok(R"({"token": "c"})"));
  EXPECT_EQ(answer(challenge("Basic realm=harbor"), "registry:catalog:*"), "Basic bWU6c2VjcmV0");
  for (const std::string repository : {"a", "b"}) {
    fake_.http.expect(url + "repository%3A" + repository + "%3Apull&service=r&account=me",
                      ok("{\"token\": \"" + repository + "\"}"));
    EXPECT_EQ(authorization("repository:" + repository + ":pull"), "Bearer " + repository);
  }
  EXPECT_EQ(authorization("registry:catalog:*"), "Basic bWU6c2VjcmV0");
}

TEST_F(AuthorizingClientTest, SendsNothingToAnotherOrigin) {
  for (const std::string base_url :
       {"https://r.example.com:444", "http://r.example.com", "https://other.example.com"}) {
    SCOPED_TRACE(base_url);
    open(kPassword, base_url);
    doors_->refusals.push_back(challenge("Basic realm=x"));
    EXPECT_EQ(wait(fake_.http, client_->send(request_for(kScope))).status, 401);
    EXPECT_THAT(doors_->at_registry, ElementsAre(std::nullopt));
    EXPECT_THAT(doors_->at_introduction, ElementsAre());
  }
}

}  // namespace
}  // namespace dkr
