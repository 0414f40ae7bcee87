// One libcurl request as an awaitable. curl_client.cpp drives the transfers.
#pragma once

#include <array>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <curl/curl.h>

#include "base/error.h"
#include "net/http.h"
#include "net/local_listener.h"
#include "net/stall_guard.h"

namespace dkr {

/// Throws std::runtime_error with libcurl's message unless `code` is CURLM_OK.
void throw_unless_ok(CURLMcode code);

struct CurlCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using EasyHandle = std::unique_ptr<CURL, CurlCleanup>;
using HeaderList = std::unique_ptr<curl_slist, CurlCleanup>;

/// The handles that all transfers share.
struct CurlHandles {
  CURLM* multi;                  // not owned
  std::vector<EasyHandle> idle;  // reused, since creating one is expensive
  StallGuard guard;
  std::size_t body_bytes = 0;                       // received by the transfers in flight
  std::vector<Dialer*> dialers = {};                // of those; one may occur several times
  std::map<std::string, int> http2_in_flight = {};  // those with Peer::Http::kTwo, by server

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

/// A request in flight. Lives in the frame of the coroutine that awaits it. Cannot be copied or
/// moved, since libcurl holds its address.
class CurlTransfer {
 public:
  /// Starts the request. `handles` must outlive this object. Throws std::runtime_error when libcurl
  /// rejects it.
  CurlTransfer(CurlHandles& handles, const HttpRequest& request);
  ~CurlTransfer();
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) noexcept { waiter_ = waiter; }
  /// Returns the response, whatever its status, or throws Error as HttpClient::send() does. Absent
  /// when the request has to be sent again, over a new connection.
  std::optional<HttpResponse> await_resume();

  /// Resumes the waiting coroutine; `code` is libcurl's result of the transfer.
  void finish(CURLcode code) {
    code_ = code;
    waiter_.resume();
  }

 private:
  template <void (CurlTransfer::*Take)(std::string_view)>
  static std::size_t on_data(const char* data, std::size_t size, std::size_t count, void* self);
  void take_header(std::string_view line);
  void take_body(std::string_view bytes);
  [[nodiscard]] Error error() const;
  [[nodiscard]] Error transfer_error() const;
  [[nodiscard]] Error tls_error() const;
  [[nodiscard]] bool is_at_proxy(const Error& error) const;
  [[nodiscard]] Error stalled() const;

  template <typename Value>
  [[nodiscard]] Value info(CURLINFO what) const {
    Value value{};
    curl_easy_getinfo(easy_.get(), what, &value);
    return value;
  }

  void set_tls(const TlsSettings& tls);
  void set_dialer();
  static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int hand_over_connection(void* self, char* remote, char* local, int remote_port,
                                  int local_port);
  void use_http2(const HttpRequest& request);

  CurlHandles& handles_;
  EasyHandle easy_;
  HeaderList headers_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  std::coroutine_handle<> waiter_;
  CURLcode code_ = CURLE_OK;
  std::shared_ptr<Dialer> dialer_;
  std::unique_ptr<LocalListener> listener_;  // while libcurl connects to the dialer
  std::string proxy_;
  bool is_tunnelled_;  // through the proxy, since the server speaks TLS
  std::chrono::seconds stall_timeout_;
  std::size_t max_body_bytes_;
  std::size_t header_bytes_ = 0;
  std::size_t body_bytes_ = 0;
  bool has_all_headers_ = false;
  std::string http2_server_;  // empty unless HTTP/2 is spoken from the first byte on
  bool joins_others_ = false;
  /// Thrown by a callback, and stored here because exceptions must not pass through libcurl.
  std::exception_ptr exception_;
  HttpResponse response_;
};

}  // namespace dkr
