// The HTTP interface that sources use for read-only requests. curl_client.h implements it; tests
// use scripted clients. Authorization, retries, redirects and the like are separate clients, each
// of which wraps another client.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/task.h"

namespace dkr {

/// The default limit on the size of a response body. Larger bodies are refused.
inline constexpr std::size_t kMaxBodyBytes = std::size_t{256} << 20;
/// A longer body of an error response is not searched for a message.
inline constexpr std::size_t kMaxErrorBytes = std::size_t{1} << 20;
/// The limit on the size of all response bodies that are being received at the same time.
inline constexpr std::size_t kMaxBytesInFlight = std::size_t{256} << 20;

/// Whether the server must prove who it is. kSkipped trusts whoever answers.
enum class ServerVerification { kRequired, kSkipped };

/// The CA certificates that a TLS connection trusts, and the client certificate. Empty members are
/// not set.
struct TlsSettings {
  std::string ca_file;          ///< a PEM bundle
  std::string ca_directory;     ///< of hashed certificates, several separated by `:`
  std::string ca_certificates;  ///< in PEM; replaces `ca_file`
  std::string certificate;      ///< the client's certificate and its chain, in PEM
  std::string key;              ///< the client's private key, in PEM
  ServerVerification verification = ServerVerification::kRequired;  ///< of the server, not a proxy
};

/// The hint for the user when a request exceeded Peer::stall_timeout.
inline constexpr const char* kTimeoutHint =
    "--timeout SECONDS changes how long to wait, 0 waits forever";

/// Opens connections in place of the network, such as through another program.
class Dialer {
 public:
  virtual ~Dialer() = default;
  /// For the log: `ssh://host`.
  [[nodiscard]] virtual std::string name() const = 0;
  /// Connects the stream socket `descriptor` with the server. It remains owned by the caller, who
  /// closes it after this call. Throws Error kUnreachable.
  virtual void connect(int descriptor) = 0;
  /// While requests are in flight, take_in() is called when this descriptor is readable; -1: none.
  [[nodiscard]] virtual int watched_descriptor() const = 0;
  virtual void take_in() = 0;
};

/// How to connect to the server of a request, and how long to wait for it.
struct Peer {
  /// Connect to this socket instead of the URL's host.
  std::optional<std::string> unix_socket;
  /// Has this open the connection instead; null: not used. Connections of several are never mixed.
  std::shared_ptr<Dialer> dialer;
  /// The URL of a proxy, in curl's format; empty: connect directly.
  std::string proxy;
  std::shared_ptr<const TlsSettings> tls;
  /// The transfer is aborted after this time below 100 bytes per second; 0: no limit. Connecting is
  /// always limited to 10 seconds, but with a dialer it is part of the transfer.
  std::chrono::seconds stall_timeout{60};
  /// kTwo: the server speaks HTTP/2 from the first byte on, without TLS (RFC 9113, section 3.3).
  enum class Http { kNegotiated, kTwo } http = Http::kNegotiated;
};

enum class HttpMethod { kGet, kHead, kPost };

/// kSecret: only the host may be logged, since the rest of the URL may grant access.
enum class UrlSecrecy { kOpen, kSecret };

/// kAnyScheme: a redirect may lead from https to http. Only for content that is verified on
/// arrival.
enum class Redirects { kKeepTls, kAnyScheme };

/// kNew: do not reuse an open connection.
enum class Connection { kAny, kNew };

struct HttpRequest {
  HttpMethod method = HttpMethod::kGet;
  /// Absolute, http or https. With a Unix socket, its host is only used for the Host header.
  std::string url;
  UrlSecrecy url_secrecy = UrlSecrecy::kOpen;
  /// Names and values. Neither may contain line breaks.
  std::vector<std::pair<std::string, std::string>> headers;
  /// The body of a POST, of any bytes.
  std::string body;
  std::string content_type = "application/x-www-form-urlencoded";  ///< of `body`
  Connection connection = Connection::kAny;
  Redirects redirects = Redirects::kKeepTls;
  Peer peer;
  /// The access that the request needs, as a scope of the registry token protocol:
  /// `repository:team/app:pull`. Empty: none. For clients that authorize requests.
  std::string scope;
  /// Larger response bodies are refused.
  std::size_t max_body_bytes = kMaxBodyBytes;
};

enum class HttpVersion { kOne, kTwo };

struct HttpResponse {
  int status = 0;
  /// In order of arrival; names in lower case, values without surrounding blanks.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  HttpVersion version = HttpVersion::kOne;
  /// Where it came from after redirects; empty: from the request's URL.
  std::string url = {};
  /// The fields after the body, like `headers`, which they are no part of (RFC 9110, section 6.5).
  std::vector<std::pair<std::string, std::string>> trailers = {};

  /// The value of the first header named `lower_case_name`; absent when there is none.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view lower_case_name) const {
    for (const auto& [name, value] : headers) {
      if (name == lower_case_name) return value;
    }
    return std::nullopt;
  }
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;

  /// Sends `request` and returns the complete response, whatever its status. Does not follow
  /// redirects, unless a wrapping client says that it does. Throws Error kUnreachable,
  /// kDisconnected, kForbidden (by the operating system), kTimedOut, kTooLarge, kUntrusted or
  /// kMalformed. The message gives only the cause; the caller adds the subject.
  virtual Task<HttpResponse> send(HttpRequest request) = 0;
};

/// Lets tasks wait for the network and for timers.
class EventLoop {
 public:
  virtual ~EventLoop() = default;

  /// Completes after `duration`.
  virtual Task<void> sleep(std::chrono::milliseconds duration) = 0;

  /// Waits up to a quarter of a second for requests and sleeps, and resumes the tasks that were
  /// waiting for those that have completed. Throws std::logic_error when there are neither, since
  /// the wait would never end.
  virtual void poll() = 0;
};

/// Runs `task`, and everything it awaits, to completion, and calls `after_each_poll()` in between.
/// Returns its result or throws what it threw.
template <typename T, typename AfterEachPoll>
T wait(EventLoop& loop, Task<T> task, AfterEachPoll after_each_poll) {
  task.start();
  while (!task.done()) {
    loop.poll();
    after_each_poll();
  }
  return task.result();
}

template <typename T>
T wait(EventLoop& loop, Task<T> task) {
  return wait(loop, std::move(task), [] {});
}

}  // namespace dkr
