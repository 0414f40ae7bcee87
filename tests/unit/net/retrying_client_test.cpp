#include "net/retrying_client.h"

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
using testing::Ge;
using testing::HasSubstr;
using testing::Le;
using testing::Property;
using testing::SizeIs;
using testing::Throws;

constexpr const char* kManifestUrl = "https://r.example.com/v2/app/manifests/1";

HttpResponse busy(int code, std::string retry_after) {
  return {code, {{"retry-after", std::move(retry_after)}}, ""};
}

class RetryingClientTest : public testing::Test {
 protected:
  RetryingClient& client() {
    if (!client_) {
      client_ = std::make_unique<RetryingClient>("r.example.com", fake_.http, fake_.http,
                                                 fake_.clock, fake_.log);
    }
    return *client_;
  }
  static HttpRequest request_for(std::string url) {
    HttpRequest request;
    request.url = std::move(url);
    return request;
  }
  HttpResponse send() { return wait(fake_.http, client().send(request_for(kManifestUrl))); }
  [[nodiscard]] const HttpRequest& request(std::size_t index) const {
    return fake_.http.requests().at(index);
  }

  FakeWorld fake_;
  std::unique_ptr<RetryingClient> client_;
};

TEST_F(RetryingClientTest, TriesAgainWhatMayPass) {
  for (const int code : {429, 502, 503, 504}) {
    SCOPED_TRACE(code);
    fake_.err.content.clear();
    fake_.http.expect(kManifestUrl, status(code));
    fake_.http.expect(kManifestUrl, ok("at last"));
    EXPECT_EQ(send().body, "at last");
    EXPECT_THAT(fake_.err.content, AllOf(HasSubstr(" WARNING r.example.com: "),
                                         HasSubstr("HTTP status " + std::to_string(code))));
    fake_.clock.passed += seconds(10);
  }
  for (const milliseconds wait : fake_.http.sleeps()) {
    EXPECT_THAT(wait, AllOf(Ge(milliseconds(250)), Le(milliseconds(500))));
  }
}

TEST_F(RetryingClientTest, TriesAgainOnANewConnectionWhenTheOldOneBreaks) {
  fake_.http.expect(kManifestUrl, Error(ErrorKind::kDisconnected, "it ended"));
  fake_.http.expect(kManifestUrl, ok(""));
  EXPECT_EQ(send().status, 200);
  EXPECT_EQ(request(0).connection, Connection::kAny);
  EXPECT_EQ(request(1).connection, Connection::kNew);
  EXPECT_THAT(fake_.err.content, HasSubstr(" WARNING r.example.com: closed the connection; "));
}

TEST_F(RetryingClientTest, DoesNotTryAgainWhatWillFailAgain) {
  for (const ErrorKind kind :
       {ErrorKind::kUnreachable, ErrorKind::kTimedOut, ErrorKind::kTooLarge, ErrorKind::kUntrusted,
        ErrorKind::kMalformed, ErrorKind::kForbidden}) {
    fake_.http.expect(kManifestUrl, Error(kind, "cause"));
    EXPECT_THAT([&] { send(); }, Throws<Error>(Property(&Error::kind, kind)));
  }
  EXPECT_THAT(fake_.http.sleeps(), SizeIs(0));
}

TEST_F(RetryingClientTest, GivesTheFifthRefusal) {
  for (int i = 0; i < 5; ++i) fake_.http.expect(kManifestUrl, status(503));
  EXPECT_EQ(send().status, 503);
  for (int i = 0; i < 5; ++i)
    fake_.http.expect(kManifestUrl, Error(ErrorKind::kDisconnected, "it ended"));
  EXPECT_THAT([&] { send(); }, Throws<Error>(Property(&Error::kind, ErrorKind::kDisconnected)));
  EXPECT_THAT(fake_.http.requests(), SizeIs(10));
}

TEST_F(RetryingClientTest, GivesTheFifthRefusalOfTooManyRequests) {
  for (int i = 0; i < 5; ++i) fake_.http.expect(kManifestUrl, busy(429, "1"));
  EXPECT_EQ(send().status, 429);
}

TEST_F(RetryingClientTest, WaitsLongerEachTime) {
  for (int i = 0; i < 5; ++i) fake_.http.expect(kManifestUrl, status(503));
  send();
  milliseconds longest{500};
  ASSERT_THAT(fake_.http.sleeps(), SizeIs(4));
  for (const milliseconds wait : fake_.http.sleeps()) {
    EXPECT_THAT(wait, AllOf(Ge(longest / 2), Le(longest)));
    longest *= 2;
  }
}

TEST_F(RetryingClientTest, WaitsAsLongAsItIsAskedTo) {
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
    fake_.http.expect(kManifestUrl, busy(429, row.retry_after));
    fake_.http.expect(kManifestUrl, ok(""));
    EXPECT_EQ(send().status, 200);
    EXPECT_THAT(fake_.clock.passed, AllOf(Ge(row.least), Le(row.most)));
  }
}

TEST_F(RetryingClientTest, GivesUpWhereTheWaitWouldBeTooLong) {
  for (const std::string retry_after :
       {"301", "99999999999999999999999", "Sat, 20 Sep 2070 0:0:0"}) {
    fake_.http.expect(kManifestUrl, busy(429, retry_after));
    EXPECT_EQ(send().status, 429) << retry_after;
  }
  EXPECT_THAT(fake_.http.sleeps(), SizeIs(0));
}

TEST_F(RetryingClientTest, KeepsEveryoneWaitingWhileTheRegistryWantsToRest) {
  fake_.http.expect(kManifestUrl, busy(429, "7"));
  fake_.http.expect(kManifestUrl, ok("a"));
  auto first = client().send(request_for(kManifestUrl));
  first.start();
  fake_.http.poll();
  fake_.http.expect("https://r.example.com/v2/b", ok("b"));
  auto second = client().send(request_for("https://r.example.com/v2/b"));
  second.start();
  EXPECT_THAT(fake_.http.requests(), SizeIs(1));
  while (!first.done() || !second.done()) fake_.http.poll();
  EXPECT_EQ(first.result().body, "a");
  EXPECT_EQ(second.result().body, "b");
  EXPECT_THAT(fake_.clock.passed, AllOf(Ge(seconds(7)), Le(milliseconds(7100))));
}

TEST_F(RetryingClientTest, SaysOnceThatItWaitsForAllThatAreRefusedAtTheSameTime) {
  std::vector<Task<HttpResponse>> tasks;
  for (int i = 0; i < 3; ++i) {
    fake_.http.expect(kManifestUrl, busy(429, "7"));
    tasks.push_back(client().send(request_for(kManifestUrl)));
  }
  for (int i = 0; i < 3; ++i) fake_.http.expect(kManifestUrl, ok(""));
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

}  // namespace
}  // namespace dkr
