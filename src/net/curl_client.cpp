#include "net/curl_client.h"

#include <algorithm>
#include <chrono>
#include <coroutine>
#include <cstdlib>
#include <map>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>
#include <vector>

#include <curl/curl.h>

#include "base/allocation.h"
#include "net/curl_transfer.h"

namespace dkr {
namespace {

constexpr std::chrono::milliseconds kMaxPoll{250};
constexpr long kMaxStreams = 1000;  // of one HTTP/2 connection; servers allow fewer

/// Completes at a point in time. Lives in the frame of the coroutine that awaits it.
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
  void await_resume() noexcept { is_set_ = false; }  // poll() has removed the entry

 private:
  Queue& queue_;
  std::chrono::steady_clock::time_point end_;
  Queue::iterator entry_;
  bool is_set_ = false;
};

}  // namespace

class CurlClient::Loop {
 public:
  explicit Loop(const Clock& clock)
      : clock_(clock), handles_{initialised_multi(), {}, StallGuard(clock)} {
    if (handles_.multi == nullptr) throw std::bad_alloc();
    curl_multi_setopt(handles_.multi, CURLMOPT_MAX_CONCURRENT_STREAMS, kMaxStreams);
  }
  ~Loop() {
    handles_.idle.clear();
    curl_multi_cleanup(handles_.multi);
    curl_global_cleanup();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  [[nodiscard]] CurlHandles& handles() { return handles_; }
  [[nodiscard]] Alarm::Queue& alarms() { return alarms_; }

  void poll() {
    int running = 0;
    handles_.guard.note_progress();
    throw_unless_ok(curl_multi_perform(handles_.multi, &running));
    if (finish_transfers()) {
      handles_.guard.forget();
      return;
    }
    if (running == 0 && alarms_.empty()) {
      throw std::logic_error("nothing to wait for: no request is in flight");
    }
    auto wait = kMaxPoll;
    if (!alarms_.empty()) {
      const auto left = alarms_.begin()->first - clock_.steady();
      wait = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(left),
                        std::chrono::milliseconds(0), kMaxPoll);
    }
    wait_for_network(wait);
    while (!alarms_.empty() && alarms_.begin()->first <= clock_.steady()) {
      const auto waiter = alarms_.extract(alarms_.begin()).mapped();
      waiter.resume();
    }
  }

 private:
  static CURLM* initialised_multi() {
    curl_global_init_mem(CURL_GLOBAL_DEFAULT, checked_malloc, std::free, checked_realloc,
                         checked_strdup, checked_calloc);
    return curl_multi_init();
  }

  void wait_for_network(std::chrono::milliseconds longest) {
    std::vector<curl_waitfd> watched;
    for (const Dialer* dialer : handles_.dialers) {
      watched.push_back({dialer->watched_descriptor(), CURL_WAIT_POLLIN, 0});
    }
    std::erase_if(watched, [](const curl_waitfd& entry) { return entry.fd < 0; });
    throw_unless_ok(curl_multi_poll(handles_.multi, watched.data(),
                                    static_cast<unsigned int>(watched.size()),
                                    static_cast<int>(longest.count()), nullptr));
    for (Dialer* dialer : handles_.dialers) dialer->take_in();
  }

  /// Resumes the coroutines whose transfers ended; returns false when there were none.
  [[nodiscard]] bool finish_transfers() const {
    bool any = false;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(handles_.multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CurlTransfer* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      transfer->finish(message->data.result);
      any = true;
    }
    return any;
  }

  const Clock& clock_;
  CurlHandles handles_;
  Alarm::Queue alarms_;
};

CurlClient::CurlClient(const Clock& clock) : clock_(clock) {}
CurlClient::~CurlClient() = default;

CurlClient::Loop& CurlClient::loop() {
  if (!loop_) loop_ = std::make_unique<Loop>(clock_);
  return *loop_;
}

Task<HttpResponse> CurlClient::send(HttpRequest request) {
  {
    CurlTransfer transfer(loop().handles(), request);
    auto response = co_await transfer;
    if (response) co_return std::move(*response);
  }
  request.connection = Connection::kNew;
  CurlTransfer again(loop().handles(), request);
  auto response = co_await again;
  co_return std::move(response).value();
}

Task<void> CurlClient::sleep(std::chrono::milliseconds duration) {
  co_await Alarm(loop().alarms(), clock_.steady() + duration);
}

void CurlClient::poll() { loop().poll(); }

}  // namespace dkr
