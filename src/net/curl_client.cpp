#include "net/curl_client.h"

#include <algorithm>
#include <cerrno>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <stdexcept>
#include <system_error>

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace dkr {
namespace {

constexpr long kConnectTimeoutSeconds = 10;
constexpr long kStalledBytesPerSecond = 100;
constexpr std::size_t kMaxHeaderBytes = std::size_t{256} << 10;
constexpr int kPollMilliseconds = 1000;
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

Error answer_too_large() { return {ErrorKind::kTooLarge, "the answer is over 1 GiB"}; }

void check(CURLMcode code) {
  if (code != CURLM_OK) {
    throw std::runtime_error(std::string("libcurl: ") + curl_multi_strerror(code));
  }
}

/// One request on its way. Lives in the frame of the coroutine that waits for it; libcurl knows its
/// address, hence neither copied nor moved.
class Transfer {
 public:
  Transfer(CURLM* multi, const HttpRequest& request);
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

  template <typename Value>
  [[nodiscard]] Value info(CURLINFO what) const {
    Value value{};
    curl_easy_getinfo(easy_.get(), what, &value);
    return value;
  }

  struct Cleanup {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };

  CURLM* multi_;
  std::unique_ptr<CURL, Cleanup> easy_;
  std::coroutine_handle<> waiter_;
  CURLcode code_ = CURLE_OK;
  std::chrono::seconds stall_timeout_;
  std::size_t header_bytes_ = 0;
  /// What a callback threw: exceptions must not cross libcurl.
  std::exception_ptr exception_;
  HttpResponse response_;
};

Transfer::Transfer(CURLM* multi, const HttpRequest& request)
    : multi_(multi), easy_(curl_easy_init()), stall_timeout_(request.stall_timeout) {
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
  set(easy_.get(), CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(kMaxBodyBytes));
  set(easy_.get(), CURLOPT_BUFFERSIZE, kReceiveBufferBytes);
  if (request.unix_socket) {
    set(easy_.get(), CURLOPT_UNIX_SOCKET_PATH, request.unix_socket->c_str());
  }
  set(easy_.get(), CURLOPT_PROXY, request.proxy.url.c_str());
  set(easy_.get(), CURLOPT_NOPROXY, request.proxy.exceptions.c_str());
  check(curl_multi_add_handle(multi_, easy_.get()));
}

Transfer::~Transfer() { curl_multi_remove_handle(multi_, easy_.get()); }

HttpResponse Transfer::await_resume() {
  if (exception_) std::rethrow_exception(exception_);
  if (code_ != CURLE_OK) throw error();
  response_.status = static_cast<int>(info<long>(CURLINFO_RESPONSE_CODE));
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
  if (needed > kMaxBodyBytes) throw answer_too_large();
  // Pages that are not touched cost nothing, copying those that are does.
  if (needed > body.capacity()) body.reserve(std::min(kGrowth * needed, kMaxBodyBytes));
  body.append(bytes);
}

void Transfer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    throw Error(ErrorKind::kTooLarge, "the answer's headers are over 256 KiB");
  }
  // A status line opens each of several answers, such as `100 Continue`; the last one counts.
  if (line.starts_with("HTTP/")) response_.headers.clear();
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  response_.headers.emplace_back(to_lower(trim(line.substr(0, colon))),
                                 trim(line.substr(colon + 1)));
}

Error Transfer::error() const {
  // libcurl's longer messages quote addresses with all that is secret in them.
  const std::string text = to_lower(curl_easy_strerror(code_));
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
    case CURLE_PARTIAL_FILE:
      return {ErrorKind::kDisconnected, text};
    case CURLE_FILESIZE_EXCEEDED:
      return answer_too_large();
    case CURLE_OUT_OF_MEMORY:  // which is also what libcurl says of a header line over 100 kB
      return {ErrorKind::kTooLarge, "a header is too long, or memory too short"};
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return {ErrorKind::kMalformed, "the answer is not HTTP"};
    default:
      return {ErrorKind::kMalformed, text};
  }
}

}  // namespace

class CurlClient::Loop {
 public:
  Loop() : multi_(initialised_multi()) {
    if (multi_ == nullptr) throw std::runtime_error("libcurl: out of memory");
  }
  ~Loop() {
    curl_multi_cleanup(multi_);
    curl_global_cleanup();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  [[nodiscard]] CURLM* multi() const { return multi_; }

  void poll() {
    int running = 0;
    check(curl_multi_perform(multi_, &running));
    if (finish_transfers()) return;
    if (running == 0) throw std::logic_error("waiting, but no request is on its way");
    check(curl_multi_poll(multi_, nullptr, 0, kPollMilliseconds, nullptr));
  }

 private:
  static CURLM* initialised_multi() {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    return curl_multi_init();
  }

  /// Resumes the waiters of the transfers that ended; false when none did.
  bool finish_transfers() {
    bool any = false;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      Transfer* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      transfer->finish(message->data.result);
      any = true;
    }
    return any;
  }

  CURLM* multi_;
};

CurlClient::CurlClient() = default;
CurlClient::~CurlClient() = default;

CurlClient::Loop& CurlClient::loop() {
  if (!loop_) loop_ = std::make_unique<Loop>();
  return *loop_;
}

Task<HttpResponse> CurlClient::send(HttpRequest request) {
  Transfer transfer(loop().multi(), request);
  co_return co_await transfer;
}

void CurlClient::poll() { loop().poll(); }

}  // namespace dkr
