#include "net/curl_client.h"

#include <chrono>
#include <cstddef>
#include <memory>
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
    const bool is_http2 = answer.starts_with('\0');
    while (!answer.empty()) {
      const ssize_t size = ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
      if (size <= 0) break;
      answer.remove_prefix(static_cast<std::size_t>(size));
    }
    // What comes last may be lost if the connection ends at once: wait until the test is over.
    if (is_http2) (void)::accept(listener_, nullptr, nullptr);
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
  request_.body = "a=1";
  EXPECT_EQ(response_to("HTTP/1.1 204 No Content\r\n\r\n").status, 204);
  EXPECT_THAT(received_, StartsWith("POST /images/json HTTP/1.1\r\n"));
  EXPECT_THAT(received_, HasSubstr("\r\nAccept: text/x-a\r\nX-Empty:\r\n"));
  EXPECT_THAT(received_, HasSubstr("\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
  EXPECT_THAT(received_, EndsWith("\r\n\r\na=1"));
}

TEST_F(CurlClientTest, SendsJson) {
  request_.method = HttpMethod::kPost;
  request_.content_type = "application/json";
  request_.body = R"({"a":1})";
  EXPECT_EQ(response_to("HTTP/1.1 204 No Content\r\n\r\n").status, 204);
  EXPECT_THAT(received_, HasSubstr("\r\nContent-Length: 7\r\n"));
  EXPECT_THAT(received_, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(received_, EndsWith("\r\n\r\n{\"a\":1}"));
}

TEST_F(CurlClientTest, KeepsTrailersApartFromHeaders) {
  const HttpResponse response = response_to(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: head\r\n\r\n3\r\ntea\r\n0\r\n"
      "X: after\r\nLocation: /y\r\n\r\n");
  EXPECT_EQ(response.body, "tea");
  EXPECT_THAT(response.headers,
              ElementsAre(Pair("transfer-encoding", "chunked"), Pair("x", "head")));
  EXPECT_THAT(response.trailers, ElementsAre(Pair("x", "after"), Pair("location", "/y")));
  EXPECT_EQ(response.header("location"), std::nullopt);
}

/// A frame of HTTP/2 (RFC 9113, section 4.1) with a payload of less than 256 bytes.
std::string frame(char type, char flags, char stream, const std::string& payload) {
  std::string head(9, '\0');
  head[2] = static_cast<char>(payload.size());
  head[3] = type;
  head[4] = flags;
  head[8] = stream;
  return head + payload;
}

TEST_F(CurlClientTest, SpeaksHttp2WithoutNegotiation) {
  const std::string status("\x88");  // 200, in the static table of HPACK
  const std::string trailer = std::string(1, '\0') + "\x0bgrpc-status\x01" + "5";
  request_.method = HttpMethod::kPost;
  request_.body = std::string("\0\0a=1", 5);
  request_.content_type = "application/x-a";
  request_.peer.http = Peer::Http::kTwo;
  const HttpResponse response =
      response_to(frame(4, 0, 0, "") + frame(4, 1, 0, "") + frame(1, 4, 1, status) +
                  frame(0, 0, 1, std::string("t\0a", 3)) + frame(1, 5, 1, trailer));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.version, HttpVersion::kTwo);
  EXPECT_EQ(response.body, std::string("t\0a", 3));
  EXPECT_THAT(response.headers, testing::IsEmpty());
  EXPECT_THAT(response.trailers, ElementsAre(Pair("grpc-status", "5")));
  EXPECT_THAT(received_, StartsWith("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
  EXPECT_THAT(received_, EndsWith(request_.body));
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

/// A program behind a dialer that answers `answers`, one to each request of a connection.
class AnsweringDialer final : public Dialer {
 public:
  AnsweringDialer(std::string name, std::vector<std::string> answers)
      : name_(std::move(name)), answers_(std::move(answers)) {}
  ~AnsweringDialer() override {
    for (std::thread& thread : threads_) thread.join();
  }
  AnsweringDialer(const AnsweringDialer&) = delete;
  AnsweringDialer& operator=(const AnsweringDialer&) = delete;

  [[nodiscard]] std::string name() const override { return name_; }
  void connect(int descriptor) override {
    if (name_ == "refusing") throw Error(ErrorKind::kUnreachable, "refused");
    const int own = ::dup(descriptor);
    ++connections_;
    threads_.emplace_back([own, answers = answers_] {
      std::string request(4096, '\0');
      for (const std::string& answer : answers) {
        if (::read(own, request.data(), request.size()) <= 0) break;
        (void)::send(own, answer.data(), answer.size(), MSG_NOSIGNAL);
      }
      ::close(own);
    });
  }
  [[nodiscard]] int watched_descriptor() const override { return -1; }
  void take_in() override { ++polls_; }

  [[nodiscard]] int connections() const { return connections_; }
  [[nodiscard]] int polls() const { return polls_; }

 private:
  std::string name_;
  std::vector<std::string> answers_;
  std::vector<std::thread> threads_;
  int connections_ = 0;
  int polls_ = 0;
};

std::string answer_of(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(CurlClientWithADialer, ReusesTheConnectionOfEach) {
  const FakeClock clock;
  const auto a = std::make_shared<AnsweringDialer>(
      "a", std::vector<std::string>{answer_of("a1"), answer_of("a2")});
  const auto b = std::make_shared<AnsweringDialer>(
      "b", std::vector<std::string>{answer_of("b1"), answer_of("b2")});
  CurlClient client(clock);
  std::string bodies;
  for (const auto& dialer : {a, b, a, b}) {
    HttpRequest request;
    request.url = "http://localhost/images/json";
    request.peer.dialer = dialer;
    bodies += wait(client, client.send(request)).body;
  }
  EXPECT_EQ(bodies, "a1b1a2b2");
  EXPECT_EQ(a->connections(), 1);
  EXPECT_EQ(b->connections(), 1);
  EXPECT_GT(a->polls(), 0);
}

TEST(CurlClientWithADialer, DialsAgainWhenTheConnectionHasEnded) {
  const FakeClock clock;
  const auto dialer =
      std::make_shared<AnsweringDialer>("a", std::vector<std::string>{answer_of("a1")});
  CurlClient client(clock);
  for (int i = 0; i < 2; ++i) {
    HttpRequest request;
    request.url = "http://localhost/images/json";
    request.peer.dialer = dialer;
    EXPECT_EQ(wait(client, client.send(request)).body, "a1");
  }
  EXPECT_EQ(dialer->connections(), 2);
}

TEST(CurlClientWithADialer, ThrowsWhatTheDialerThrows) {
  const FakeClock clock;
  CurlClient client(clock);
  HttpRequest request;
  request.url = "http://localhost/images/json";
  request.peer.dialer = std::make_shared<AnsweringDialer>("refusing", std::vector<std::string>());
  try {
    (void)wait(client, client.send(request));
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnreachable);
    EXPECT_STREQ(error.what(), "refused");
  }
}

TEST(CurlClientWithADialer, SaysThatTheConnectionWasCutOff) {
  const FakeClock clock;
  CurlClient client(clock);
  for (const std::vector<std::string>& answers :
       {std::vector<std::string>{}, {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1"}}) {
    HttpRequest request;
    request.url = "http://localhost/images/json";
    request.peer.dialer = std::make_shared<AnsweringDialer>("a", answers);
    try {
      (void)wait(client, client.send(request));
      ADD_FAILURE() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kDisconnected) << error.what();
    }
  }
}

}  // namespace
}  // namespace dkr
