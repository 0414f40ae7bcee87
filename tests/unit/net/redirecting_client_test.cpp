#include "net/redirecting_client.h"

#include <string>
#include <utility>

#include <gmock/gmock.h>

#include "base/error.h"
#include "support/fake_world.h"
#include "support/registry_content.h"

namespace dkr {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Property;
using testing::Throws;

constexpr const char* kUrl = "https://r.example.com/v2/app/manifests/1";

HttpResponse redirect(int code, std::string location) {
  return {code, {{"location", std::move(location)}}, ""};
}

class RedirectingClientTest : public testing::Test {
 protected:
  HttpResponse send(HttpMethod method = HttpMethod::kGet,
                    Redirects redirects = Redirects::kKeepTls) {
    HttpRequest request;
    request.method = method;
    request.redirects = redirects;
    request.url = kUrl;
    request.headers = {{"Accept", "x/y"}, {"Authorization", "Bearer t"}};
    return wait(fake_.http, client_.send(std::move(request)));
  }
  [[nodiscard]] const HttpRequest& last() const { return fake_.http.requests().back(); }

  FakeWorld fake_;
  RedirectingClient client_{fake_.http};
};

TEST_F(RedirectingClientTest, NeverCarriesTheAuthorizationToAnotherHost) {
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
    EXPECT_EQ(send().body, "blob");
    EXPECT_EQ(header_of(last(), "Authorization"), std::nullopt);
    EXPECT_EQ(header_of(last(), "Accept"), "x/y");
    EXPECT_EQ(last().url_secrecy, UrlSecrecy::kSecret);
    const HttpRequest& before = fake_.http.requests().at(fake_.http.requests().size() - 2);
    EXPECT_EQ(header_of(before, "Authorization"), "Bearer t");
    EXPECT_EQ(before.url_secrecy, UrlSecrecy::kOpen);
  }
}

TEST_F(RedirectingClientTest, CarriesTheAuthorizationOnAtTheSameHost) {
  for (const int code : {301, 302, 303, 307, 308}) {
    SCOPED_TRACE(code);
    fake_.http.expect(kUrl, redirect(code, "/v2/other"));
    fake_.http.expect("https://r.example.com:443/v2/other", ok(""));
    EXPECT_EQ(send().status, 200);
    EXPECT_EQ(header_of(last(), "Authorization"), "Bearer t");
    EXPECT_EQ(last().url_secrecy, UrlSecrecy::kOpen);
  }
}

TEST_F(RedirectingClientTest, FollowsARelativeLocationFromWhereItCame) {
  fake_.http.expect(kUrl, redirect(302, "https://cdn.example.com/a/b"));
  fake_.http.expect("https://cdn.example.com:443/a/b", redirect(302, "c?d"));
  fake_.http.expect("https://cdn.example.com:443/a/c?d", ok("blob"));
  EXPECT_EQ(send().body, "blob");
  EXPECT_EQ(header_of(last(), "Authorization"), std::nullopt);
}

TEST_F(RedirectingClientTest, IsRefusedWhereItLeadsAwayFromTlsOrNowhere) {
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

/// As to MinIO behind a registry with TLS.
TEST_F(RedirectingClientTest, LeadsAwayFromTlsWhereTheContentIsVerified) {
  for (const std::string origin : {"http://storage:9000", "http://r.example.com:80"}) {
    const std::string url = origin + "/blob?signature=x";
    fake_.http.expect(kUrl, redirect(307, url));
    fake_.http.expect(url, redirect(307, "/moved"));
    fake_.http.expect(origin + "/moved", ok("blob"));
    EXPECT_EQ(send(HttpMethod::kGet, Redirects::kAnyScheme).body, "blob");
    EXPECT_EQ(header_of(last(), "Authorization"), std::nullopt);
    EXPECT_EQ(last().url_secrecy, UrlSecrecy::kSecret);
  }
  fake_.http.expect(kUrl, redirect(307, "ftp://storage/blob"));
  EXPECT_THROW(send(HttpMethod::kGet, Redirects::kAnyScheme), Error);
}

TEST_F(RedirectingClientTest, SaysWhereTheAnswerCameFrom) {
  fake_.http.expect(kUrl, ok(""));
  EXPECT_EQ(send().url, "");
  fake_.http.expect(kUrl, redirect(307, "https://cdn.example.com/a"));
  fake_.http.expect("https://cdn.example.com:443/a", redirect(307, "b"));
  fake_.http.expect("https://cdn.example.com:443/b", ok(""));
  EXPECT_EQ(send().url, "https://cdn.example.com:443/b");
}

TEST_F(RedirectingClientTest, GivesNoCredentialsToAHostThatWantsThem) {
  fake_.http.expect(kUrl, redirect(302, "https://evil.example.com/x"));
  fake_.http.expect("https://evil.example.com:443/x",
                    HttpResponse{401, {{"www-authenticate", "Basic realm=\"x\""}}, ""});
  EXPECT_THAT([&] { send(); },
              Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::kRefused),
                                  Property(&Error::what, HasSubstr("requires credentials")))));
  EXPECT_EQ(header_of(last(), "Authorization"), std::nullopt);
}

TEST_F(RedirectingClientTest, IsTheAnswerWhereItDoesNotSayWhereTo) {
  fake_.http.expect(kUrl, status(302));
  EXPECT_EQ(send().status, 302);
}

TEST_F(RedirectingClientTest, IsFollowedFiveTimesAndNoMore) {
  const std::string next = "https://r.example.com:443/next";
  fake_.http.expect(kUrl, redirect(302, "/next"));
  for (int i = 0; i < 4; ++i) fake_.http.expect(next, redirect(302, "/next"));
  fake_.http.expect(next, ok(""));
  EXPECT_EQ(send().status, 200);
  fake_.http.expect(kUrl, redirect(302, "/next"));
  for (int i = 0; i < 5; ++i) fake_.http.expect(next, redirect(302, "/next"));
  EXPECT_THAT([&] { send(); },
              Throws<Error>(Property(&Error::what, HasSubstr("too many redirects"))));
}

TEST_F(RedirectingClientTest, GivesTheAnswerToAPostAsItIs) {
  fake_.http.expect(kUrl, redirect(307, "https://elsewhere.example.com/"));
  EXPECT_EQ(send(HttpMethod::kPost).status, 307);
}

}  // namespace
}  // namespace dkr
