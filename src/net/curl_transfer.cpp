#include "net/curl_transfer.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/text.h"
#include "net/http_status.h"
#include "net/url.h"

namespace dkr {
namespace {

constexpr long kConnectTimeoutSeconds = 10;
constexpr long kStalledBytesPerSecond = 100;
constexpr std::size_t kMaxHeaderBytes = std::size_t{256} << 10;
constexpr std::size_t kGrowthFactor = 4;
constexpr long kReceiveBufferBytes = 256L << 10;
constexpr const char* kNoTlsHint = "is that the port where it speaks TLS?";

template <typename Value>
void set(CURL* easy, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(easy, option, value);
  if (code != CURLE_OK) {
    throw std::runtime_error(fmt::format("libcurl refuses option {}: {}", static_cast<int>(option),
                                         curl_easy_strerror(code)));
  }
}

Error answer_too_large(std::size_t limit) {
  constexpr std::size_t kMiB = std::size_t{1} << 20;
  return {ErrorKind::kTooLarge, fmt::format("the answer is over {} MiB", limit / kMiB)};
}

void append(HeaderList& list, const std::string& line) {
  curl_slist* extended = curl_slist_append(list.get(), line.c_str());
  if (extended == nullptr) throw std::bad_alloc();
  (void)list.release();
  list.reset(extended);
}

/// libcurl expects a null pointer for an option that is not set.
const char* text_or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

Error proxy_refusal(long status) {
  const bool needs_credentials = status == http_status::kProxyAuthenticationRequired;
  return {ErrorKind::kUnreachable,
          fmt::format("{} (HTTP status {})",
                      needs_credentials ? "credentials are needed" : "it refuses the connection",
                      status)};
}

/// `error` as one of the proxy, whose certificate says nothing about the server.
Error at_proxy(const std::string& proxy, const Error& error) {
  const auto kind = error.kind() == ErrorKind::kUntrusted ? ErrorKind::kUnreachable : error.kind();
  return {kind, fmt::format("proxy {}: {}", without_credentials(proxy), error.what()),
          error.hint()};
}

}  // namespace

void throw_unless_ok(CURLMcode code) {
  if (code != CURLM_OK) {
    throw std::runtime_error(std::string("libcurl: ") + curl_multi_strerror(code));
  }
}

CurlTransfer::CurlTransfer(CurlHandles& handles, const HttpRequest& request)
    : handles_(handles),
      easy_(handles.take()),
      dialer_(request.peer.dialer),
      proxy_(request.peer.proxy),
      is_tunnelled_(request.url.starts_with("https:")),
      stall_timeout_(request.peer.stall_timeout),
      max_body_bytes_(request.max_body_bytes) {
  if (easy_ == nullptr) throw std::bad_alloc();
  // libcurl stores the low-speed time in 16 bits, which is 18 hours.
  const auto low_speed_time =
      static_cast<long>(std::min<std::int64_t>(request.peer.stall_timeout.count(), UINT16_MAX));
  set(easy_.get(), CURLOPT_PRIVATE, this);
  set(easy_.get(), CURLOPT_URL, request.url.c_str());
  set(easy_.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy_.get(), CURLOPT_NOSIGNAL, 1L);
  set(easy_.get(), CURLOPT_CONNECTTIMEOUT, kConnectTimeoutSeconds);
  set(easy_.get(), CURLOPT_LOW_SPEED_LIMIT, kStalledBytesPerSecond);
  set(easy_.get(), CURLOPT_LOW_SPEED_TIME, low_speed_time);
  set(easy_.get(), CURLOPT_HEADERFUNCTION, &on_data<&CurlTransfer::take_header>);
  set(easy_.get(), CURLOPT_HEADERDATA, this);
  set(easy_.get(), CURLOPT_WRITEFUNCTION, &on_data<&CurlTransfer::take_body>);
  set(easy_.get(), CURLOPT_WRITEDATA, this);
  set(easy_.get(), CURLOPT_ERRORBUFFER, error_text_.data());
  set(easy_.get(), CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(max_body_bytes_));
  // Wait for a connection that may turn out to multiplex requests instead of opening another one.
  set(easy_.get(), CURLOPT_PIPEWAIT, 1L);
  if (max_body_bytes_ == kMaxBodyBytes) set(easy_.get(), CURLOPT_BUFFERSIZE, kReceiveBufferBytes);
  if (request.connection == Connection::kNew) set(easy_.get(), CURLOPT_FRESH_CONNECT, 1L);
  if (request.method == HttpMethod::kHead) set(easy_.get(), CURLOPT_NOBODY, 1L);
  if (request.method == HttpMethod::kPost) {
    const std::string& body = request.body;
    set(easy_.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(easy_.get(), CURLOPT_COPYPOSTFIELDS, body.c_str());
    append(headers_, "Content-Type: " + request.content_type);
  }
  for (const auto& [name, value] : request.headers) {
    // With a colon, libcurl drops a header without a value.
    append(headers_, value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
  }
  if (headers_) set(easy_.get(), CURLOPT_HTTPHEADER, headers_.get());
  handles_.guard.watch(easy_.get(), stall_timeout_);
  if (request.peer.tls) set_tls(*request.peer.tls);
  if (request.peer.unix_socket) {
    set(easy_.get(), CURLOPT_UNIX_SOCKET_PATH, request.peer.unix_socket->c_str());
  }
  if (dialer_) set_dialer();
  if (request.peer.http == Peer::Http::kTwo) use_http2(request);
  set(easy_.get(), CURLOPT_PROXY, proxy_.c_str());
  set(easy_.get(), CURLOPT_NOPROXY, "");  // otherwise libcurl reads the environment
  throw_unless_ok(curl_multi_add_handle(handles_.multi, easy_.get()));
  if (dialer_) handles_.dialers.push_back(dialer_.get());
}

CurlTransfer::~CurlTransfer() {
  handles_.body_bytes -= body_bytes_;
  const auto dialer = std::ranges::find(handles_.dialers, dialer_.get());
  if (dialer != handles_.dialers.end()) handles_.dialers.erase(dialer);
  if (!http2_server_.empty()) --handles_.http2_in_flight[http2_server_];
  curl_multi_remove_handle(handles_.multi, easy_.get());
  handles_.give_back(std::move(easy_));
}

/// libcurl before 8.0 breaks an HTTP/2 connection that is reused with prior knowledge
/// (github.com/curl/curl/pull/10643). Without it, a request joins others that are in flight; one
/// that comes too late, and so would begin with HTTP/1.1, has to be sent again.
void CurlTransfer::use_http2(const HttpRequest& request) {
  constexpr unsigned kFirstFixed = 0x080000;
  static const bool is_fixed = curl_version_info(CURLVERSION_NOW)->version_num >= kFirstFixed;
  http2_server_ = request.peer.unix_socket.value_or("") + " " + origin_of(request.url);
  const bool is_first = handles_.http2_in_flight[http2_server_]++ == 0;
  joins_others_ = !is_fixed && !is_first && request.connection == Connection::kAny;
  if (joins_others_) return;
  if (!is_fixed) set(easy_.get(), CURLOPT_FRESH_CONNECT, 1L);
  set(easy_.get(), CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE));
}

void CurlTransfer::set_tls(const TlsSettings& tls) {
  const auto set_blob = [&](CURLoption option, const std::string& text) {
    if (text.empty()) return;
    const curl_blob blob{const_cast<char*>(text.data()),  // NOLINT(*-const-cast): it only reads
                         text.size(), CURL_BLOB_COPY};
    set(easy_.get(), option, &blob);
  };
  set(easy_.get(), CURLOPT_CAINFO, text_or_null(tls.ca_file));
  set(easy_.get(), CURLOPT_CAPATH, text_or_null(tls.ca_directory));
  set_blob(CURLOPT_CAINFO_BLOB, tls.ca_certificates);
  if (proxy_.starts_with("https:")) {
    set(easy_.get(), CURLOPT_PROXY_CAINFO, text_or_null(tls.ca_file));
    set(easy_.get(), CURLOPT_PROXY_CAPATH, text_or_null(tls.ca_directory));
    set_blob(CURLOPT_PROXY_CAINFO_BLOB, tls.ca_certificates);
  }
  set_blob(CURLOPT_SSLCERT_BLOB, tls.certificate);
  set_blob(CURLOPT_SSLKEY_BLOB, tls.key);
  if (tls.verification == ServerVerification::kSkipped) {
    set(easy_.get(), CURLOPT_SSL_VERIFYPEER, 0L);
    set(easy_.get(), CURLOPT_SSL_VERIFYHOST, 0L);
  }
  set(easy_.get(), CURLOPT_KEYPASSWD, "");  // without one, libcurl 7.88 crashes on an encrypted key
}

void CurlTransfer::set_dialer() {
  // open_socket() replaces this path. libcurl resolves no name for it, and reuses only connections
  // with the same one.
  const std::string path = fmt::format("dialer {}", fmt::ptr(dialer_.get()));
  set(easy_.get(), CURLOPT_UNIX_SOCKET_PATH, path.c_str());
  set(easy_.get(), CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(easy_.get(), CURLOPT_OPENSOCKETDATA, this);
  set(easy_.get(), CURLOPT_PREREQFUNCTION, &hand_over_connection);
  set(easy_.get(), CURLOPT_PREREQDATA, this);
}

/// Has libcurl connect to this process.
curl_socket_t CurlTransfer::open_socket(void* self, curlsocktype /*purpose*/,
                                        curl_sockaddr* address) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  try {
    transfer.listener_ = std::make_unique<LocalListener>();
    const sockaddr_in& local = transfer.listener_->address();
    std::memcpy(&address->addr, &local, sizeof(local));
    address->family = AF_INET;
    address->addrlen = sizeof(local);
    return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  } catch (...) {
    transfer.exception_ = std::current_exception();
    return CURL_SOCKET_BAD;
  }
}

/// Gives the other end of a new connection to the dialer.
int CurlTransfer::hand_over_connection(void* self, char* /*remote*/, char* /*local*/,
                                       int /*remote_port*/, int local_port) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (!transfer.listener_) return CURL_PREREQFUNC_OK;
  try {
    const int other_end = transfer.listener_->accept(local_port);
    const std::unique_ptr<const int, void (*)(const int*)> owner(
        &other_end, [](const int* descriptor) { ::close(*descriptor); });
    transfer.listener_.reset();
    transfer.dialer_->connect(other_end);
    return CURL_PREREQFUNC_OK;
  } catch (...) {
    transfer.exception_ = std::current_exception();
    return CURL_PREREQFUNC_ABORT;
  }
}

std::optional<HttpResponse> CurlTransfer::await_resume() {
  if (joins_others_ && info<long>(CURLINFO_NUM_CONNECTS) > 0) return std::nullopt;
  if (exception_) std::rethrow_exception(exception_);
  if (code_ != CURLE_OK) throw error();
  // libcurl reports success even if the connection ends within the headers.
  if (!has_all_headers_) throw Error(ErrorKind::kDisconnected, "the headers are not complete");
  response_.status = static_cast<int>(info<long>(CURLINFO_RESPONSE_CODE));
  const bool is_two = info<long>(CURLINFO_HTTP_VERSION) >= CURL_HTTP_VERSION_2_0;
  response_.version = is_two ? HttpVersion::kTwo : HttpVersion::kOne;
  if (response_.status == http_status::kProxyAuthenticationRequired && !proxy_.empty()) {
    throw at_proxy(proxy_, proxy_refusal(response_.status));
  }
  return std::move(response_);
}

template <void (CurlTransfer::*Take)(std::string_view)>
std::size_t CurlTransfer::on_data(const char* data, std::size_t size, std::size_t count,
                                  void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  try {
    transfer.handles_.guard.note_progress();
    (transfer.*Take)(std::string_view(data, size * count));
    return size * count;
  } catch (...) {
    transfer.exception_ = std::current_exception();
    return CURL_WRITEFUNC_ERROR;
  }
}

void CurlTransfer::take_body(std::string_view bytes) {
  std::string& body = response_.body;
  const std::size_t needed = body.size() + bytes.size();
  if (needed > max_body_bytes_) throw answer_too_large(max_body_bytes_);
  if (handles_.body_bytes + bytes.size() > kMaxBytesInFlight) {
    throw Error(ErrorKind::kTooLarge,
                fmt::format("all answers together are over {} MiB", kMaxBytesInFlight >> 20));
  }
  handles_.body_bytes += bytes.size();
  body_bytes_ += bytes.size();
  // Reserving memory is cheap as long as its pages are not touched; copying the body is not.
  if (needed > body.capacity()) body.reserve(std::min(kGrowthFactor * needed, max_body_bytes_));
  body.append(bytes);
}

void CurlTransfer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    throw Error(ErrorKind::kTooLarge, "the answer's headers are over 256 KiB");
  }
  // There may be several responses, such as a `100 Continue` first; only the last one counts.
  if (line.starts_with("HTTP/")) {
    response_.headers.clear();
    response_.trailers.clear();
    has_all_headers_ = false;
  }
  if (trim(line).empty()) has_all_headers_ = true;  // trailers may still follow
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  auto& fields = has_all_headers_ ? response_.trailers : response_.headers;
  fields.emplace_back(to_lower(trim(line.substr(0, colon))), trim(line.substr(colon + 1)));
}

/// Shows libcurl's text, which for TLS errors only contains certificates and hosts, nothing secret.
Error CurlTransfer::tls_error() const {
  const std::string text = error_text_.data();
  const auto says = [&](std::string_view words) { return text.find(words) != std::string::npos; };
  if (says("SSL_ERROR_SYSCALL") || says("unexpected eof") || says("reset by peer")) {
    return {ErrorKind::kDisconnected, "the connection was closed in the TLS handshake", kNoTlsHint};
  }
  if (says("wrong version number") || says("packet length too long")) {
    return {ErrorKind::kUntrusted, text, kNoTlsHint};
  }
  // libcurl may load the CA certificates within the handshake, and return that it failed.
  const bool lacks_ca = code_ == CURLE_SSL_CACERT_BADFILE || says("error setting certificate");
  return {ErrorKind::kUntrusted, text.empty() ? curl_easy_strerror(code_) : text,
          lacks_ca ? "SSL_CERT_FILE or SSL_CERT_DIR may name others" : ""};
}

/// Whether `error` is one of the proxy, to which all connections go, rather than of the server.
bool CurlTransfer::is_at_proxy(const Error& error) const {
  if (proxy_.empty() || error.kind() == ErrorKind::kTooLarge) return false;
  if (code_ == CURLE_COULDNT_CONNECT || code_ == CURLE_COULDNT_RESOLVE_PROXY ||
      code_ == CURLE_PROXY) {
    return true;
  }
  if (!proxy_.starts_with("http")) return false;  // libcurl does not say how far it has come
  if (!is_tunnelled_) return error.kind() != ErrorKind::kTimedOut;
  const bool has_tunnel =
      info<long>(CURLINFO_NUM_CONNECTS) == 0 || info<long>(CURLINFO_HTTP_CONNECTCODE) / 100 == 2;
  return !has_tunnel;
}

Error CurlTransfer::stalled() const {
  return {ErrorKind::kTimedOut, fmt::format("no progress for {} second{}", stall_timeout_.count(),
                                            stall_timeout_.count() == 1 ? "" : "s")};
}

Error CurlTransfer::error() const {
  const Error error = transfer_error();
  return is_at_proxy(error) ? at_proxy(proxy_, error) : error;
}

Error CurlTransfer::transfer_error() const {
  // libcurl's detailed messages quote URLs, which may contain secrets.
  const std::string text = to_lower(curl_easy_strerror(code_));
  if (const auto status = info<long>(CURLINFO_HTTP_CONNECTCODE); status / 100 > 2) {
    return proxy_refusal(status);
  }
  if (handles_.guard.has_ended_any()) return stalled();
  switch (code_) {
    case CURLE_OPERATION_TIMEDOUT:
      if (info<long>(CURLINFO_REQUEST_SIZE) == 0) {
        return {ErrorKind::kUnreachable,
                fmt::format("connecting took over {} seconds", kConnectTimeoutSeconds)};
      }
      return stalled();
    case CURLE_COULDNT_CONNECT: {
      const int os_error = static_cast<int>(info<long>(CURLINFO_OS_ERRNO));
      if (os_error == 0) return {ErrorKind::kUnreachable, text};
      if (dialer_) return no_local_connection(os_error);
      const auto kind =
          os_error == EACCES || os_error == EPERM ? ErrorKind::kForbidden : ErrorKind::kUnreachable;
      return {kind, to_lower(std::error_code(os_error, std::generic_category()).message())};
    }
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
      return {ErrorKind::kUnreachable, text};
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      // With TLS 1.3, a server refuses a client's certificate after the handshake.
      if (std::string_view(error_text_.data()).find(" alert ") != std::string_view::npos) {
        return tls_error();
      }
      return {ErrorKind::kDisconnected, text};
    case CURLE_GOT_NOTHING:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_PARTIAL_FILE:
      return {ErrorKind::kDisconnected, text};
    case CURLE_FILESIZE_EXCEEDED:
      return answer_too_large(max_body_bytes_);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
      return tls_error();
    case CURLE_OUT_OF_MEMORY:  // memory cannot be short: checked_malloc() would not have returned
      return {ErrorKind::kTooLarge, "a header is over 100 kB"};
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return {ErrorKind::kMalformed, "the answer is not HTTP"};
    default:
      return {ErrorKind::kMalformed, text};
  }
}

}  // namespace dkr
