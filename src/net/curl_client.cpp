#include "net/curl_client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <new>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace dkr {
namespace {

constexpr long kConnectTimeoutSeconds = 10;
constexpr long kStalledBytesPerSecond = 100;
constexpr std::size_t kMaxHeaderBytes = std::size_t{256} << 10;
constexpr std::chrono::milliseconds kLongestPoll{250};
constexpr long kMostStreams = 1000;  // of one HTTP/2 connection; servers allow fewer
constexpr std::size_t kGrowth = 4;
constexpr long kReceiveBufferBytes = 256L << 10;

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
  constexpr std::size_t kGiB = std::size_t{1} << 30;
  return {ErrorKind::kTooLarge, limit >= kGiB
                                    ? fmt::format("the answer is over {} GiB", limit / kGiB)
                                    : fmt::format("the answer is over {} MiB", limit / kMiB)};
}

void check(CURLMcode code) {
  if (code != CURLM_OK) {
    throw std::runtime_error(std::string("libcurl: ") + curl_multi_strerror(code));
  }
}

struct CurlCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using EasyHandle = std::unique_ptr<CURL, CurlCleanup>;
using HeaderList = std::unique_ptr<curl_slist, CurlCleanup>;

/// What all transfers share.
struct Handles {
  CURLM* multi;
  std::vector<EasyHandle> idle;  // handles to use again, which is cheaper than new ones

  EasyHandle take() {
    if (idle.empty()) return EasyHandle(curl_easy_init());
    EasyHandle easy = std::move(idle.back());
    idle.pop_back();
    return easy;
  }
  void give_back(EasyHandle easy) {
    curl_easy_reset(easy.get());
    idle.push_back(std::move(easy));
  }
};

/// One request on its way. Lives in the frame of the coroutine that waits for it; libcurl knows its
/// address, hence neither copied nor moved.
class Transfer {
 public:
  Transfer(Handles& handles, const HttpRequest& request);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) noexcept { waiter_ = waiter; }
  /// Gives the answer, or throws what went wrong.
  HttpResponse await_resume();

  void finish(CURLcode code) {
    code_ = code;
    waiter_.resume();
  }

 private:
  template <void (Transfer::*Take)(std::string_view)>
  static std::size_t on_data(const char* data, std::size_t size, std::size_t count, void* self);
  void take_header(std::string_view line);
  void take_body(std::string_view bytes);
  [[nodiscard]] Error error() const;
  [[nodiscard]] Error tls_error() const;

  template <typename Value>
  [[nodiscard]] Value info(CURLINFO what) const {
    Value value{};
    curl_easy_getinfo(easy_.get(), what, &value);
    return value;
  }

  void set_tls(const TlsSettings& tls);

  Handles& handles_;
  EasyHandle easy_;
  HeaderList headers_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  std::coroutine_handle<> waiter_;
  CURLcode code_ = CURLE_OK;
  std::chrono::seconds stall_timeout_;
  std::size_t max_body_bytes_;
  std::size_t header_bytes_ = 0;
  bool has_all_headers_ = false;
  /// What a callback threw: exceptions must not cross libcurl.
  std::exception_ptr exception_;
  HttpResponse response_;
};

void append(HeaderList& list, const std::string& line) {
  curl_slist* extended = curl_slist_append(list.get(), line.c_str());
  if (extended == nullptr) throw std::bad_alloc();
  (void)list.release();
  list.reset(extended);
}

Transfer::Transfer(Handles& handles, const HttpRequest& request)
    : handles_(handles),
      easy_(handles.take()),
      stall_timeout_(request.stall_timeout),
      max_body_bytes_(request.max_body_bytes) {
  if (easy_ == nullptr) throw std::runtime_error("libcurl: out of memory");
  // libcurl keeps the low-speed time in 16 bits; 18 hours without a byte are as good as more.
  const auto low_speed_time =
      static_cast<long>(std::min<std::int64_t>(request.stall_timeout.count(), UINT16_MAX));
  set(easy_.get(), CURLOPT_PRIVATE, this);
  set(easy_.get(), CURLOPT_URL, request.url.c_str());
  set(easy_.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy_.get(), CURLOPT_NOSIGNAL, 1L);
  set(easy_.get(), CURLOPT_CONNECTTIMEOUT, kConnectTimeoutSeconds);
  set(easy_.get(), CURLOPT_LOW_SPEED_LIMIT, kStalledBytesPerSecond);
  set(easy_.get(), CURLOPT_LOW_SPEED_TIME, low_speed_time);
  set(easy_.get(), CURLOPT_HEADERFUNCTION, &on_data<&Transfer::take_header>);
  set(easy_.get(), CURLOPT_HEADERDATA, this);
  set(easy_.get(), CURLOPT_WRITEFUNCTION, &on_data<&Transfer::take_body>);
  set(easy_.get(), CURLOPT_WRITEDATA, this);
  set(easy_.get(), CURLOPT_ERRORBUFFER, error_text_.data());
  set(easy_.get(), CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(max_body_bytes_));
  // Rather wait for a connection that can take many requests than open one for each.
  set(easy_.get(), CURLOPT_PIPEWAIT, 1L);
  if (max_body_bytes_ == kMaxBodyBytes) set(easy_.get(), CURLOPT_BUFFERSIZE, kReceiveBufferBytes);
  if (request.connection == Connection::kNew) set(easy_.get(), CURLOPT_FRESH_CONNECT, 1L);
  if (request.method == HttpMethod::kHead) set(easy_.get(), CURLOPT_NOBODY, 1L);
  if (request.method == HttpMethod::kPost) {
    set(easy_.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.form.size()));
    set(easy_.get(), CURLOPT_COPYPOSTFIELDS, request.form.c_str());
  }
  for (const auto& [name, value] : request.headers)
    append(headers_, fmt::format("{}: {}", name, value));
  if (headers_) set(easy_.get(), CURLOPT_HTTPHEADER, headers_.get());
  if (request.tls) set_tls(*request.tls);
  if (request.unix_socket) {
    set(easy_.get(), CURLOPT_UNIX_SOCKET_PATH, request.unix_socket->c_str());
  }
  set(easy_.get(), CURLOPT_PROXY, request.proxy.url.c_str());
  set(easy_.get(), CURLOPT_NOPROXY, request.proxy.exceptions.c_str());
  check(curl_multi_add_handle(handles_.multi, easy_.get()));
}

Transfer::~Transfer() {
  curl_multi_remove_handle(handles_.multi, easy_.get());
  handles_.give_back(std::move(easy_));
}

/// libcurl wants a null pointer for what is not there.
const char* text_or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

void Transfer::set_tls(const TlsSettings& tls) {
  const auto set_blob = [&](CURLoption option, const std::string& text) {
    if (text.empty()) return;
    // libcurl copies what it is not told to leave where it is.
    const curl_blob blob{const_cast<char*>(text.data()),  // NOLINT(*-const-cast): it only reads
                         text.size(), CURL_BLOB_COPY};
    set(easy_.get(), option, &blob);
  };
  set(easy_.get(), CURLOPT_CAINFO, text_or_null(tls.authorities_file));
  set(easy_.get(), CURLOPT_CAPATH, text_or_null(tls.authorities_directory));
  set_blob(CURLOPT_CAINFO_BLOB, tls.authorities);
  set_blob(CURLOPT_SSLCERT_BLOB, tls.certificate);
  set_blob(CURLOPT_SSLKEY_BLOB, tls.key);
}

HttpResponse Transfer::await_resume() {
  if (exception_) std::rethrow_exception(exception_);
  if (code_ != CURLE_OK) throw error();
  // libcurl takes an end within the headers for the end of the answer.
  if (!has_all_headers_) throw Error(ErrorKind::kDisconnected, "the headers are not complete");
  response_.status = static_cast<int>(info<long>(CURLINFO_RESPONSE_CODE));
  const bool is_two = info<long>(CURLINFO_HTTP_VERSION) >= CURL_HTTP_VERSION_2_0;
  response_.version = is_two ? HttpVersion::kTwo : HttpVersion::kOne;
  return std::move(response_);
}

template <void (Transfer::*Take)(std::string_view)>
std::size_t Transfer::on_data(const char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  try {
    (transfer.*Take)(std::string_view(data, size * count));
    return size * count;
  } catch (...) {
    transfer.exception_ = std::current_exception();
    return CURL_WRITEFUNC_ERROR;
  }
}

void Transfer::take_body(std::string_view bytes) {
  std::string& body = response_.body;
  const std::size_t needed = body.size() + bytes.size();
  if (needed > max_body_bytes_) throw answer_too_large(max_body_bytes_);
  // Pages that are not touched cost nothing, copying those that are does.
  if (needed > body.capacity()) body.reserve(std::min(kGrowth * needed, max_body_bytes_));
  body.append(bytes);
}

void Transfer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    throw Error(ErrorKind::kTooLarge, "the answer's headers are over 256 KiB");
  }
  // A status line opens each of several answers, such as `100 Continue`; the last one counts.
  if (line.starts_with("HTTP/")) {
    response_.headers.clear();
    has_all_headers_ = false;
  }
  if (trim(line).empty()) has_all_headers_ = true;  // trailers may still come
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  response_.headers.emplace_back(to_lower(trim(line.substr(0, colon))),
                                 trim(line.substr(colon + 1)));
}

/// libcurl's texts about TLS name certificates and hosts, and nothing secret.
Error Transfer::tls_error() const {
  const std::string text = error_text_.data();
  const auto says = [&](std::string_view words) { return text.find(words) != std::string::npos; };
  if (says("SSL_ERROR_SYSCALL") || says("unexpected eof") || says("reset by peer")) {
    return {ErrorKind::kDisconnected, "the connection was closed in the TLS handshake"};
  }
  return {ErrorKind::kUntrusted, text.empty() ? curl_easy_strerror(code_) : text};
}

Error Transfer::error() const {
  // libcurl's longer messages quote addresses with all that is secret in them.
  const std::string text = to_lower(curl_easy_strerror(code_));
  if (const auto status = info<long>(CURLINFO_HTTP_CONNECTCODE); status / 100 > 2) {
    return {ErrorKind::kUnreachable,
            fmt::format("the proxy refuses the connection (HTTP status {})", status)};
  }
  switch (code_) {
    case CURLE_OPERATION_TIMEDOUT:
      if (info<long>(CURLINFO_REQUEST_SIZE) == 0) {
        return {ErrorKind::kUnreachable,
                fmt::format("connecting took over {} seconds", kConnectTimeoutSeconds)};
      }
      return {ErrorKind::kTimedOut,
              fmt::format("no progress for {} seconds", stall_timeout_.count())};
    case CURLE_COULDNT_CONNECT: {
      const int os_error = static_cast<int>(info<long>(CURLINFO_OS_ERRNO));
      if (os_error == 0) return {ErrorKind::kUnreachable, text};
      const auto kind =
          os_error == EACCES || os_error == EPERM ? ErrorKind::kForbidden : ErrorKind::kUnreachable;
      return {kind, to_lower(std::error_code(os_error, std::generic_category()).message())};
    }
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return {ErrorKind::kUnreachable, text};
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
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
    case CURLE_OUT_OF_MEMORY:  // which is also what libcurl says of a header line over 100 kB
      return {ErrorKind::kTooLarge, "a header is too long, or memory too short"};
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return {ErrorKind::kMalformed, "the answer is not HTTP"};
    default:
      return {ErrorKind::kMalformed, text};
  }
}

/// Ends at a point in time. Lives in the frame of the coroutine that waits for it.
class Alarm {
 public:
  using Queue = std::multimap<std::chrono::steady_clock::time_point, std::coroutine_handle<>>;

  Alarm(Queue& queue, std::chrono::steady_clock::time_point end) : queue_(queue), end_(end) {}
  ~Alarm() {
    if (is_set_) queue_.erase(entry_);
  }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    entry_ = queue_.emplace(end_, waiter);
    is_set_ = true;
  }
  void await_resume() noexcept { is_set_ = false; }  // whoever resumes takes it from the queue

 private:
  Queue& queue_;
  std::chrono::steady_clock::time_point end_;
  Queue::iterator entry_;
  bool is_set_ = false;
};

}  // namespace

class CurlClient::Loop {
 public:
  Loop() : handles_{initialised_multi(), {}} {
    if (handles_.multi == nullptr) throw std::runtime_error("libcurl: out of memory");
    curl_multi_setopt(handles_.multi, CURLMOPT_MAX_CONCURRENT_STREAMS, kMostStreams);
  }
  ~Loop() {
    handles_.idle.clear();
    curl_multi_cleanup(handles_.multi);
    curl_global_cleanup();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  [[nodiscard]] Handles& handles() { return handles_; }
  [[nodiscard]] Alarm::Queue& alarms() { return alarms_; }

  void poll(const Clock& clock) {
    int running = 0;
    check(curl_multi_perform(handles_.multi, &running));
    if (finish_transfers()) return;
    if (running == 0 && alarms_.empty()) {
      throw std::logic_error("waiting, but no request is on its way");
    }
    auto wait = kLongestPoll;
    if (!alarms_.empty()) {
      const auto left = alarms_.begin()->first - clock.steady();
      wait = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(left),
                        std::chrono::milliseconds(0), kLongestPoll);
    }
    check(curl_multi_poll(handles_.multi, nullptr, 0, static_cast<int>(wait.count()), nullptr));
    while (!alarms_.empty() && alarms_.begin()->first <= clock.steady()) {
      const auto waiter = alarms_.extract(alarms_.begin()).mapped();
      waiter.resume();
    }
  }

 private:
  static CURLM* initialised_multi() {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    return curl_multi_init();
  }

  /// Resumes the waiters of the transfers that ended; false when none did.
  [[nodiscard]] bool finish_transfers() const {
    bool any = false;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(handles_.multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      Transfer* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      transfer->finish(message->data.result);
      any = true;
    }
    return any;
  }

  Handles handles_;
  Alarm::Queue alarms_;
};

CurlClient::CurlClient(const Clock& clock) : clock_(clock) {}
CurlClient::~CurlClient() = default;

CurlClient::Loop& CurlClient::loop() {
  if (!loop_) loop_ = std::make_unique<Loop>();
  return *loop_;
}

Task<HttpResponse> CurlClient::send(HttpRequest request) {
  Transfer transfer(loop().handles(), request);
  co_return co_await transfer;
}

Task<void> CurlClient::sleep(std::chrono::milliseconds duration) {
  co_await Alarm(loop().alarms(), clock_.steady() + duration);
}

void CurlClient::poll() { loop().poll(clock_); }

}  // namespace dkr
