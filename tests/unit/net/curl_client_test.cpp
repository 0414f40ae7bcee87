#include "net/curl_client.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "base/error.h"
#include "support/fake_world.h"
#include "support/temporary_directory.h"

namespace dkr {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;

/// A server on a Unix socket that answers one request with fixed bytes, then hangs up.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer)
      : path_((directory_.path() / "socket").string()),
        listener_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
              0);  // NOLINT(*-reinterpret-cast)
    EXPECT_EQ(::listen(listener_, 1), 0);
    thread_ = std::thread([this, answer = std::move(answer)] { serve(answer); });
  }
  ~OneAnswer() {
    ::shutdown(listener_, SHUT_RDWR);  // ends accept(), should no request have come
    thread_.join();
    ::close(listener_);
  }
  OneAnswer(const OneAnswer&) = delete;
  OneAnswer& operator=(const OneAnswer&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

  /// The request, once it has been answered.
  [[nodiscard]] const std::string& request() const { return request_; }

 private:
  void serve(std::string_view answer) {
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    std::string buffer(4096, '\0');
    const auto is_whole = [&] {
      return request_.ends_with("\r\n\r\n") || request_.ends_with("a=1") || request_.ends_with('}');
    };
    while (!is_whole()) {
      const ssize_t size = ::read(connection, buffer.data(), buffer.size());
      if (size <= 0) break;
      request_.append(buffer, 0, static_cast<std::size_t>(size));
    }
    while (!answer.empty()) {
      const ssize_t size = ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
      if (size <= 0) break;
      answer.remove_prefix(static_cast<std::size_t>(size));
    }
    ::close(connection);
  }

  TemporaryDirectory directory_;
  std::string path_;
  int listener_;
  std::string request_;
  std::thread thread_;
};

class CurlClientTest : public testing::Test {
 protected:
  CurlClientTest() { request_.url = "http://localhost/images/json"; }

  /// Sends `request_` to a server that answers it with `answer`.
  HttpResponse response_to(std::string answer) {
    const OneAnswer server(std::move(answer));
    request_.peer.unix_socket = server.path();
    HttpResponse response = wait(client_, client_.send(request_));
    received_ = server.request();
    return response;
  }

  void expect_error(std::string answer, ErrorKind kind, const std::string& words) {
    try {
      (void)response_to(std::move(answer));
      ADD_FAILURE() << "no error: " << words;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(words));
    }
  }

  HttpRequest request_;
  std::string received_;
  FakeClock clock_;
  CurlClient client_{clock_};
};

TEST_F(CurlClientTest, ReturnsTheStatusTheHeadersAndTheBody) {
  const HttpResponse response = response_to(
      "HTTP/1.1 418 I'm a teapot\r\nX-Name:  two words \r\nEMPTY:\r\nContent-Length: 3\r\n\r\ntea");
  EXPECT_EQ(response.status, 418);
  EXPECT_EQ(response.version, HttpVersion::kOne);
  EXPECT_THAT(response.headers, ElementsAre(Pair("x-name", "two words"), Pair("empty", ""),
                                            Pair("content-length", "3")));
  EXPECT_EQ(response.body, "tea");
  EXPECT_THAT(received_, StartsWith("GET /images/json HTTP/1.1\r\nHost: localhost\r\n"));
}

TEST_F(CurlClientTest, KeepsTheHeadersOfTheLastResponseAlone) {
  const HttpResponse response = response_to(
      "HTTP/1.1 103 Early Hints\r\nLink: </style>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
      "0\r\n\r\n");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.headers, ElementsAre(Pair("content-length", "0")));
}

TEST_F(CurlClientTest, SendsHeadersAndForms) {
  request_.headers = {{"Accept", "text/x-a"}, {"X-Empty", ""}};
  request_.method = HttpMethod::kPost;
  request_.form = "a=1";
  EXPECT_EQ(response_to("HTTP/1.1 204 No Content\r\n\r\n").status, 204);
  EXPECT_THAT(received_, StartsWith("POST /images/json HTTP/1.1\r\n"));
  EXPECT_THAT(received_, HasSubstr("\r\nAccept: text/x-a\r\nX-Empty:\r\n"));
  EXPECT_THAT(received_,
              EndsWith("\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=1"));
}

TEST_F(CurlClientTest, SendsJson) {
  request_.method = HttpMethod::kPost;
  request_.json = R"({"a":1})";
  EXPECT_EQ(response_to("HTTP/1.1 204 No Content\r\n\r\n").status, 204);
  EXPECT_THAT(received_, HasSubstr("\r\nContent-Length: 7\r\n"));
  EXPECT_THAT(received_, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(received_, EndsWith("\r\n\r\n{\"a\":1}"));
}

TEST_F(CurlClientTest, ExpectsNoBodyAfterHead) {
  request_.method = HttpMethod::kHead;
  EXPECT_EQ(response_to("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n").status, 200);
  EXPECT_THAT(received_, StartsWith("HEAD "));
}

TEST_F(CurlClientTest, AcceptsABodyOfTheLimitAndNoByteMore) {
  request_.max_body_bytes = 4;
  const std::string until_closed = "HTTP/1.1 200 OK\r\n\r\n";
  EXPECT_EQ(response_to(until_closed + "four").body, "four");
  expect_error(until_closed + "five!", ErrorKind::kTooLarge, "the answer is over 0 MiB");
  expect_error("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", ErrorKind::kTooLarge, "over 0 MiB");
}

TEST_F(CurlClientTest, AcceptsHeadersOf256KiBAndNoByteMore) {
  constexpr std::size_t kLimit = 256 * 1024;
  const std::string first = "HTTP/1.1 200 OK\r\n";
  const std::string last = "Content-Length: 0\r\n\r\n";
  std::string headers;
  while (headers.size() + 2000 < kLimit) headers += "X: " + std::string(900, 'x') + "\r\n";
  const std::size_t left = kLimit - first.size() - headers.size() - last.size();
  const auto filler = [](std::size_t size) { return "Y: " + std::string(size - 5, 'y') + "\r\n"; };
  EXPECT_EQ(response_to(first + headers + filler(left) + last).status, 200);
  expect_error(first + headers + filler(left + 1) + last, ErrorKind::kTooLarge,
               "the answer's headers are over 256 KiB");
}

TEST_F(CurlClientTest, ReportsAnAnswerThatEndsTooSoon) {
  expect_error("", ErrorKind::kDisconnected, "server returned nothing");
  expect_error("HTTP/1.1 200 OK\r\nContent-Le", ErrorKind::kDisconnected,
               "the headers are not complete");
  expect_error("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", ErrorKind::kDisconnected, "");
  expect_error("SSH-2.0-OpenSSH_9.2\r\n", ErrorKind::kMalformed, "the answer is not HTTP");
}

TEST_F(CurlClientTest, ReportsASocketThatIsNotThere) {
  request_.peer.unix_socket = "/nonexistent/socket";
  EXPECT_THROW((void)wait(client_, client_.send(request_)), Error);
}

}  // namespace
}  // namespace dkr
