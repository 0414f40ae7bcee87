#include "net/curl_client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <coroutine>
#include <cstdint>
#include <exception>
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

template <typename Value>
void set(CURL* easy, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(easy, option, value);
  if (code != CURLE_OK) {
    throw std::runtime_error(fmt::format("libcurl refuses option {}: {}", static_cast<int>(option),
                                         curl_easy_strerror(code)));
  }
}

Error answer_too_large() { return {ErrorKind::kTooLarge, "the answer is over 1 GiB"}; }

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

  CURLM* multi_;
  CURL* easy_;
  std::coroutine_handle<> waiter_;
  CURLcode code_ = CURLE_OK;
  std::array<char, CURL_ERROR_SIZE> message_{};
  std::chrono::seconds stall_timeout_;
  bool is_local_;
  std::size_t header_bytes_ = 0;
  /// What a callback threw: exceptions must not cross libcurl.
  std::exception_ptr exception_;
  HttpResponse response_;
};

Transfer::Transfer(CURLM* multi, const HttpRequest& request)
    : multi_(multi),
      easy_(curl_easy_init()),
      stall_timeout_(request.stall_timeout),
      is_local_(request.unix_socket.has_value()) {
  if (easy_ == nullptr) throw std::runtime_error("libcurl: out of memory");
  // libcurl keeps the low-speed time in 16 bits; 18 hours without a byte are as good as more.
  const auto low_speed_time =
      static_cast<long>(std::min<std::int64_t>(request.stall_timeout.count(), UINT16_MAX));
  set(easy_, CURLOPT_PRIVATE, this);
  set(easy_, CURLOPT_URL, request.url.c_str());
  set(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy_, CURLOPT_NOSIGNAL, 1L);
  set(easy_, CURLOPT_ERRORBUFFER, message_.data());
  set(easy_, CURLOPT_CONNECTTIMEOUT, kConnectTimeoutSeconds);
  set(easy_, CURLOPT_LOW_SPEED_LIMIT, kStalledBytesPerSecond);
  set(easy_, CURLOPT_LOW_SPEED_TIME, low_speed_time);
  set(easy_, CURLOPT_HEADERFUNCTION, &on_data<&Transfer::take_header>);
  set(easy_, CURLOPT_HEADERDATA, this);
  set(easy_, CURLOPT_WRITEFUNCTION, &on_data<&Transfer::take_body>);
  set(easy_, CURLOPT_WRITEDATA, this);
  set(easy_, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(kMaxBodyBytes));
  set(easy_, CURLOPT_BUFFERSIZE, static_cast<long>(CURL_MAX_READ_SIZE));
  if (request.unix_socket) {
    set(easy_, CURLOPT_UNIX_SOCKET_PATH, request.unix_socket->c_str());
  }
  if (request.proxy == Proxy::kDirect) set(easy_, CURLOPT_PROXY, "");
  curl_multi_add_handle(multi_, easy_);
}

Transfer::~Transfer() {
  curl_multi_remove_handle(multi_, easy_);
  curl_easy_cleanup(easy_);
}

HttpResponse Transfer::await_resume() {
  if (exception_) std::rethrow_exception(exception_);
  if (code_ != CURLE_OK) throw error();
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
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
  if (response_.body.size() + bytes.size() > kMaxBodyBytes) throw answer_too_large();
  response_.body.append(bytes);
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
  const char* text = message_.front() != '\0' ? message_.data() : curl_easy_strerror(code_);
  switch (code_) {
    case CURLE_FILESIZE_EXCEEDED:
      return answer_too_large();
    case CURLE_OPERATION_TIMEDOUT: {
      curl_off_t connected = 0;
      curl_easy_getinfo(easy_, CURLINFO_CONNECT_TIME_T, &connected);
      if (connected == 0) return {ErrorKind::kUnreachable, "connecting took over 10 seconds"};
      return {ErrorKind::kTimedOut,
              fmt::format("no progress for {} seconds", stall_timeout_.count())};
    }
    case CURLE_COULDNT_CONNECT: {
      long os_error = 0;
      curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_error);
      if (os_error == 0 && is_local_) return {ErrorKind::kUnreachable, "the socket is too busy"};
      if (os_error == 0) return {ErrorKind::kUnreachable, text};
      const auto kind =
          os_error == EACCES || os_error == EPERM ? ErrorKind::kForbidden : ErrorKind::kUnreachable;
      return {
          kind,
          to_lower(std::error_code(static_cast<int>(os_error), std::generic_category()).message())};
    }
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return {ErrorKind::kUnreachable, text};
    case CURLE_PARTIAL_FILE:
      return {ErrorKind::kMalformed, "the answer ends early"};
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
    curl_multi_perform(multi_, &running);
    if (!finish_transfers()) curl_multi_poll(multi_, nullptr, 0, kPollMilliseconds, nullptr);
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

Task<HttpResponse> CurlClient::send(HttpRequest request) {
  if (!loop_) loop_ = std::make_unique<Loop>();
  Transfer transfer(loop_->multi(), request);
  co_return co_await transfer;
}

void CurlClient::poll() { loop_->poll(); }

}  // namespace dkr
