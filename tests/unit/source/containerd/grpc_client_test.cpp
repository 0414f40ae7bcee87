#include "source/containerd/grpc_client.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "support/containerd_content.h"
#include "support/fake_world.h"

namespace dkr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr const char* kUrl = "http://containerd/a.B/C";

/// All messages in `body`.
std::vector<std::string> messages_in(const std::string& body) {
  std::vector<std::string> result;
  GrpcMessages messages(body);
  while (const auto message = messages.next()) result.emplace_back(*message);
  return result;
}

class GrpcClientTest : public testing::Test {
 protected:
  GrpcResponse call(const HttpResponse& response) {
    fake_.http.expect(kUrl, response);
    GrpcCall call{.method = "a.B/C", .message = "hello", .name_space = "k8s.io", .max_bytes = 99};
    return wait(fake_.http, client_.call(std::move(call)));
  }

  void expect_malformed(const HttpResponse& response, const std::string& words) {
    try {
      (void)call(response);
      ADD_FAILURE() << "no error: " << words;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kMalformed);
      EXPECT_EQ(error.what(), words);
    }
  }

  FakeWorld fake_;
  GrpcClient client_{"/x.sock", std::chrono::seconds(7), fake_.http};
};

TEST(GrpcFrames, HoldMessagesOfAnyBytes) {
  const std::string large(300, '\0');
  EXPECT_EQ(grpc_frame("ab"), std::string("\0\0\0\0\2ab", 7));
  EXPECT_EQ(grpc_frame(large).substr(0, 5), std::string("\0\0\0\1\x2c", 5));
  EXPECT_THAT(messages_in(grpc_frame("ab") + grpc_frame("") + grpc_frame(large)),
              ElementsAre("ab", "", large));
  EXPECT_THAT(messages_in(""), ElementsAre());
}

TEST(GrpcFrames, MustBeWholeAndNotCompressed) {
  for (const auto& [body, words] : std::vector<std::pair<std::string, std::string>>{
           {std::string(4, '\0'), "cut off"},
           {std::string("\0\0\0\0\3ab", 7), "cut off"},
           {std::string("\0\xff\xff\xff\xff", 5), "cut off"},
           {std::string("\1\0\0\0\0", 5), "compressed"}}) {
    try {
      (void)messages_in(body);
      ADD_FAILURE() << words;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kMalformed);
      EXPECT_THAT(error.what(), HasSubstr(words));
    }
  }
}

TEST_F(GrpcClientTest, SendsAPostOverHttp2) {
  const GrpcResponse response = call(grpc_response({"one", "two"}));
  EXPECT_EQ(response.status, grpc_status::kOk);
  EXPECT_THAT(messages_in(response.body), ElementsAre("one", "two"));
  const HttpRequest& request = fake_.http.requests()[0];
  EXPECT_EQ(request.method, HttpMethod::kPost);
  EXPECT_EQ(request.content_type, "application/grpc");
  EXPECT_EQ(request.body, grpc_frame("hello"));
  EXPECT_THAT(request.headers,
              ElementsAre(Pair("TE", "trailers"), Pair("containerd-namespace", "k8s.io")));
  EXPECT_EQ(request.peer.unix_socket, "/x.sock");
  EXPECT_EQ(request.peer.stall_timeout, std::chrono::seconds(7));
  EXPECT_EQ(request.peer.http, Peer::Http::kTwo);
  EXPECT_EQ(request.max_body_bytes, 99U);
}

TEST_F(GrpcClientTest, ReadsTheStatusFromTrailersOrHeaders) {
  const GrpcResponse missing = call(grpc_refusal(grpc_status::kNotFound, "no%20such%0Athing"));
  EXPECT_EQ(missing.status, grpc_status::kNotFound);
  EXPECT_EQ(missing.message, "no such");
  HttpResponse both = grpc_response({});
  both.headers.emplace_back("grpc-status", "5");
  EXPECT_EQ(call(both).status, grpc_status::kOk);
  EXPECT_EQ(call(grpc_refusal(1, "100%")).message, "100%");
  EXPECT_EQ(call(grpc_refusal(1, std::string(9999, 'x'))).message.size(), 303U);
}

TEST_F(GrpcClientTest, RefusesWhatIsNotGrpc) {
  HttpResponse response = grpc_response({});
  response.trailers.clear();
  expect_malformed(response, "the answer has no valid grpc-status");
  response.trailers = {{"grpc-status", "0x"}};
  expect_malformed(response, "the answer has no valid grpc-status");
  response.headers[0].second = "text/html";
  expect_malformed(response, "the answer is not gRPC");
  response.status = 404;
  expect_malformed(response, "the answer is not gRPC (HTTP status 404)");
}

TEST(GrpcRefusal, SaysWhatTheServerSays) {
  const struct {
    int status;
    ErrorKind kind;
  } rows[] = {{grpc_status::kUnimplemented, ErrorKind::kUnsupported},
              {grpc_status::kUnavailable, ErrorKind::kBusy},
              {grpc_status::kPermissionDenied, ErrorKind::kForbidden},
              {3, ErrorKind::kRefused}};
  for (const auto& row : rows) {
    const Error error = refusal({.status = row.status, .message = "so it is"});
    EXPECT_EQ(error.kind(), row.kind);
    EXPECT_EQ(error.what(), "so it is (gRPC status " + std::to_string(row.status) + ")");
  }
  EXPECT_STREQ(refusal({.status = 2}).what(), "no message (gRPC status 2)");
}

}  // namespace
}  // namespace dkr
