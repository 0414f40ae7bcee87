#include "net/logging_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_world.h"

namespace dkr {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

HttpRequest request_for(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  return request;
}

TEST(LoggingClient, LogsTheStatusAndSizeOfAnAnswer) {
  FakeWorld fake;
  fake.http.expect("http://h/x", HttpResponse{404, {{"set-cookie", "secret"}}, "not here"});
  LoggingClient client(fake.http, fake.clock, fake.log);
  EXPECT_EQ(wait(fake.http, client.send(request_for("http://h/x"))).status, 404);
  EXPECT_THAT(fake.err.content, EndsWith(" DEBUG GET http://h/x: 404, 8 bytes in 0.0 ms\n"));
  EXPECT_THAT(fake.err.content, Not(HasSubstr("secret")));
}

TEST(LoggingClient, LogsAFailureAndPassesItOn) {
  FakeWorld fake;
  fake.http.expect("http://h/x", Error(ErrorKind::kTimedOut, "no progress for 5 seconds"));
  LoggingClient client(fake.http, fake.clock, fake.log);
  EXPECT_THROW(wait(fake.http, client.send(request_for("http://h/x"))), Error);
  EXPECT_THAT(fake.err.content,
              EndsWith(" DEBUG GET http://h/x: no progress for 5 seconds after 0.0 ms\n"));
}

}  // namespace
}  // namespace dkr
