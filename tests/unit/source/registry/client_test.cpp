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
using testing::HasSubstr;
using testing::Not;
using testing::Property;
using testing::SizeIs;
using testing::Throws;

constexpr const char* kManifestUrl = "https://r.example.com/v2/app/manifests/1";

HttpResponse redirect(int code, std::string location) {
  return {code, {{"location", std::move(location)}}, ""};
}

/// A client of https://r.example.com.
class RegistryClientTest : public testing::Test {
 protected:
  /// Docker's configuration knows the user me, and the registry asks for it with this challenge.
  void log_in(std::string challenge, const std::string& entry = R"({"auth": "bWU6c2VjcmV0"})") {
    fake_.environment.variables["DOCKER_CONFIG"] = "/c";
    fake_.files.files["/c/config.json"] = R"({"auths": {"r.example.com": )" + entry + "}}";
    fake_.http.expect("https://r.example.com/v2/",
                      HttpResponse{401, {{"www-authenticate", std::move(challenge)}}, ""});
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
  HttpResponse send() { return send(request_for(kManifestUrl)); }
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
  fake_.http.expect(kManifestUrl, HttpResponse{200, {}, "body", HttpVersion::kTwo});
  EXPECT_FALSE(client().has_answered());
  HttpRequest request_sent = request_for(kManifestUrl);
  request_sent.method = HttpMethod::kHead;
  request_sent.headers = {{"Accept", "text/plain"}};
  request_sent.max_body_bytes = 5;
  const HttpResponse response = send(request_sent);
  EXPECT_EQ(response.body, "body");
  EXPECT_TRUE(client().has_answered());
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
  fake_.http.expect(kManifestUrl, ok(""));
  send();
  EXPECT_THAT(request(0).headers, ElementsAre(std::pair("User-Agent", "dkr-ls")));
}

TEST_F(RegistryClientTest, GivesAnswersWhateverTheirStatus) {
  for (const int code : {204, 304, 400, 403, 404, 405, 500, 501}) {
    fake_.http.expect(kManifestUrl, status(code));
    EXPECT_EQ(send().status, code);
  }
}

TEST_F(RegistryClientTest, AuthorizesEveryRequest) {
  log_in("Basic realm=x");
  fake_.http.expect(kManifestUrl, ok("a"));
  fake_.http.expect(kManifestUrl, ok("b"));
  EXPECT_EQ(send().body, "a");
  EXPECT_EQ(send().body, "b");
  EXPECT_EQ(header_of(request(0), "Authorization"), std::nullopt);
  EXPECT_EQ(header_of(request(1), "Authorization"), "Basic bWU6c2VjcmV0");
  EXPECT_EQ(header_of(request(2), "Authorization"), "Basic bWU6c2VjcmV0");
}

TEST_F(RegistryClientTest, GivesTheRefusalOfCredentialsThatAreNotAccepted) {
  const HttpResponse refusal{401, {{"www-authenticate", "Basic realm=\"x\""}}, "no"};
  log_in("Basic realm=x");
  fake_.http.expect(kManifestUrl, refusal);
  EXPECT_EQ(send().status, 401);
  fake_.http.expect(kManifestUrl, refusal);
  EXPECT_EQ(send().status, 401);
}

TEST_F(RegistryClientTest, RenewsATokenOnceAfterARefusal) {
  const std::string challenge = R"(Bearer realm="https://auth.example.com/t")";
  const HttpResponse refusal{401, {{"www-authenticate", challenge}}, ""};
  const std::string token_url =
      "https://auth.example.com:443/t?scope=repository%3Aapp%3Apull&account=me";
  log_in(challenge);
  fake_.http.expect(token_url, ok(R"({"token": "a", "expires_in": 300})"));
  fake_.http.expect(kManifestUrl, ok(""));
  EXPECT_EQ(send().status, 200);
  fake_.http.expect(kManifestUrl, refusal);
  fake_.http.expect(token_url, ok(R"({"token": "b", "expires_in": 300})"));
  fake_.http.expect(kManifestUrl, refusal);
  EXPECT_EQ(send().status, 401);
  EXPECT_EQ(header_of(request(3), "Authorization"), "Bearer a");
  EXPECT_EQ(header_of(request(5), "Authorization"), "Bearer b");
}

/// What is sent to a token service is not what is sent to the registry.
TEST_F(RegistryClientTest, SendsPasswordsToTheTokenServiceAndTokensToTheRegistry) {
  log_in("Bearer realm=\"https://auth/t\"");
  fake_.http.expect("https://auth:443/t?scope=repository%3Aapp%3Apull&account=me",
                    ok(R"({"token": "t0ken"})"));
  fake_.http.expect(kManifestUrl, ok(""));
  send();
  EXPECT_EQ(header_of(request(1), "Authorization"), "Basic bWU6c2VjcmV0");
  EXPECT_EQ(header_of(request(2), "Authorization"), "Bearer t0ken");
  EXPECT_THAT(fake_.err.content, AllOf(Not(HasSubstr("t0ken")), Not(HasSubstr("secret"))));
}

TEST_F(RegistryClientTest, NamesTheHostThatCannotBeReached) {
  const std::pair<ErrorKind, ErrorKind> kinds[] = {{ErrorKind::kUnreachable, ErrorKind::kBusy},
                                                   {ErrorKind::kTimedOut, ErrorKind::kBusy},
                                                   {ErrorKind::kTooLarge, ErrorKind::kRefused}};
  for (const auto& [cause, seen] : kinds) {
    fake_.http.expect(kManifestUrl, redirect(302, "https://cdn.example.com/x?sig=secret"));
    fake_.http.expect("https://cdn.example.com:443/x?sig=secret", Error(cause, "cause"));
    EXPECT_THAT([&] { send(); },
                Throws<Error>(AllOf(
                    Property(&Error::kind, seen),
                    Property(&Error::what, AllOf(HasSubstr("https://cdn.example.com:443, where"),
                                                 HasSubstr("cause"), Not(HasSubstr("secret")))))));
  }
}

TEST_F(RegistryClientTest, NamesTheTokenServiceThatCannotBeReached) {
  log_in("Bearer realm=\"https://auth/t\"");
  fake_.http.expect("https://auth:443/t?scope=repository%3Aapp%3Apull&account=me",
                    Error(ErrorKind::kUnreachable, "connection refused"));
  EXPECT_THAT([&] { send(); },
              Throws<Error>(Property(&Error::what, HasSubstr("https://auth:443, where"))));
}

TEST_F(RegistryClientTest, FollowsNoRedirectOfAnIdentityToken) {
  log_in("Bearer realm=\"https://auth/t\"", R"({"identitytoken": "refresh"})");
  fake_.http.expect("https://auth:443/t", redirect(307, "https://elsewhere.example.com/"));
  EXPECT_THAT([&] { send(); }, Throws<Error>(Property(&Error::kind, ErrorKind::kUnauthorized)));
}

TEST_F(RegistryClientTest, AuthorizesAgainAfterWaiting) {
  log_in("Basic realm=x");
  fake_.http.expect(kManifestUrl, status(503));
  fake_.http.expect(kManifestUrl, ok(""));
  EXPECT_EQ(send().status, 200);
  EXPECT_EQ(header_of(request(2), "Authorization"), "Basic bWU6c2VjcmV0");
}

TEST_F(RegistryClientTest, SendsNoPasswordWhereItIsLedAfterAskingHowToSendIt) {
  log_in("Basic realm=x");
  fake_.http.expect(kManifestUrl, redirect(307, "https://cdn.example.com/x"));
  fake_.http.expect("https://cdn.example.com:443/x", ok(""));
  EXPECT_EQ(send().status, 200);
  EXPECT_EQ(header_of(request(1), "Authorization"), "Basic bWU6c2VjcmV0");
  EXPECT_EQ(header_of(request(2), "Authorization"), std::nullopt);
}

TEST_F(RegistryClientTest, UsesTheProxyOfTheEnvironmentForTheHostThatItAsks) {
  fake_.environment.variables["HTTPS_PROXY"] = "http://proxy:3128";
  fake_.environment.variables["NO_PROXY"] = "cdn.example.com";
  fake_.http.expect(kManifestUrl, redirect(302, "https://cdn.example.com/x"));
  fake_.http.expect("https://cdn.example.com:443/x", ok(""));
  send();
  EXPECT_EQ(request(0).peer.proxy, "http://proxy:3128");
  EXPECT_EQ(request(1).peer.proxy, "");
}

TEST_F(RegistryClientTest, ShowsItsCertificateToTheRegistryAlone) {
  const std::string directory = "/etc/docker/certs.d/r.example.com/";
  fake_.files.files[directory + "ca.crt"] = "authority";
  fake_.files.files[directory + "client.cert"] = "certificate";
  fake_.files.files[directory + "client.key"] = "key";
  fake_.http.expect(kManifestUrl, redirect(302, "https://cdn.example.com/x"));
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
  fake_.http.expect(kManifestUrl, redirect(302, "https://cdn.example.com/x"));
  fake_.http.expect("https://cdn.example.com:443/x", HttpResponse{200, {}, "", HttpVersion::kTwo});
  send();
  EXPECT_EQ(client().version(), HttpVersion::kOne);
}

}  // namespace
}  // namespace dkr
