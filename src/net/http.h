// HTTP as the sources need it: requests to engines and registries that change nothing. The
// interface says nothing of how; curl_client.h is the real one, tests script their own. What every
// request to some server needs, such as authorization or another attempt, is added by clients that
// wrap a client.
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

/// No answer may be larger than this, unless a request says less; what is, is refused and not held
/// in memory.
inline constexpr std::size_t kMaxBodyBytes = std::size_t{1} << 30;

/// How to reach a host that is not connected to directly, as curl reads both.
struct Proxy {
  std::string url;         ///< empty: connect directly
  std::string exceptions;  ///< hosts to connect to directly all the same, separated by commas
};

/// Whom a TLS connection trusts, and who we are to it. Empty: nothing of the kind.
struct TlsSettings {
  std::string ca_file;          ///< certificates in PEM, one after the other
  std::string ca_directory;     ///< certificates by hash, `:` between several
  std::string ca_certificates;  ///< PEM; instead of the file
  std::string certificate;      ///< of the client, with its chain; PEM
  std::string key;              ///< PEM
};

/// Whom a request goes to, and how long to wait for it.
struct Peer {
  /// Connect to this socket instead of the URL's host.
  std::optional<std::string> unix_socket;
  Proxy proxy;
  std::shared_ptr<const TlsSettings> tls;
  /// How long the transfer may run at under 100 bytes a second before it is given up; 0: no limit.
  /// Connecting gets 10 seconds in any case.
  std::chrono::seconds stall_timeout{60};
};

enum class HttpMethod { kGet, kHead, kPost };

/// kSecret: nothing but its host may be logged, since whoever knows the URL may read what is there.
enum class UrlSecrecy { kOpen, kSecret };

/// kNew: not one that an earlier request has left open.
enum class Connection { kAny, kNew };

struct HttpRequest {
  HttpMethod method = HttpMethod::kGet;
  /// Absolute, http or https. With a unix socket its host is only the Host header.
  std::string url;
  UrlSecrecy url_secrecy = UrlSecrecy::kOpen;
  /// Names and values, neither with line ends in it.
  std::vector<std::pair<std::string, std::string>> headers;
  /// Of a POST: a form, `application/x-www-form-urlencoded`.
  std::string form;
  Connection connection = Connection::kAny;
  Peer peer;
  /// What the request needs access to, for a client that authorizes it, as token services name it:
  /// `repository:team/app:pull`. Empty: nothing.
  std::string scope;
  /// A larger body is refused.
  std::size_t max_body_bytes = kMaxBodyBytes;
};

enum class HttpVersion { kOne, kTwo };

struct HttpResponse {
  int status = 0;
  /// In order of arrival, names in lower case, values without surrounding blanks.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  HttpVersion version = HttpVersion::kOne;

  /// The first header named `lower_case_name`.
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

  /// Sends `request` and gives the whole answer, whatever its status; redirects are not followed
  /// unless a wrapping client says so. Throws Error kUnreachable, kDisconnected, kForbidden (by the
  /// operating system), kTimedOut, kTooLarge, kUntrusted or kMalformed; its message says the cause
  /// only, the subject is for the caller to add.
  virtual Task<HttpResponse> send(HttpRequest request) = 0;
};

/// Where tasks wait for the network and for time to pass.
class EventLoop {
 public:
  virtual ~EventLoop() = default;

  /// Ends after `duration`.
  virtual Task<void> sleep(std::chrono::milliseconds duration) = 0;

  /// Waits until a request or a sleep moves on, for a quarter of a second at most, and resumes the
  /// tasks whose answers have come. Throws std::logic_error when there is neither: nothing would
  /// ever end the wait.
  virtual void poll() = 0;
};

/// Runs `task`, and all that it awaits, to its end, and calls `after_each_poll()` now and then
/// meanwhile. Gives its result or throws what it threw.
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
