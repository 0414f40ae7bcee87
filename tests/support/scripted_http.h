// An HTTP client that follows a script: it answers exactly the expected requests, some in order,
// some at any time.
#pragma once

#include <algorithm>
#include <chrono>
#include <coroutine>
#include <deque>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"
#include "net/http.h"

namespace dkr {

/// The value of the header `name` of `request`; absent when there is none.
inline std::optional<std::string> header_of(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

class ScriptedHttp final : public HttpClient, public EventLoop {
 public:
  using Answer = std::variant<HttpResponse, Error>;

  /// sleep() advances `passed`, or the client's own time if it is not given.
  ScriptedHttp() = default;
  explicit ScriptedHttp(std::chrono::milliseconds& passed) : passed_(&passed) {}
  ScriptedHttp(const ScriptedHttp&) = delete;
  ScriptedHttp& operator=(const ScriptedHttp&) = delete;

  /// Expects a request for `url` next, and answers it with `response`.
  void expect(std::string url, HttpResponse response) {
    script_.push_back({std::move(url), std::move(response)});
  }
  /// Expects a request for `url` next, which fails with `error`.
  void expect(std::string url, Error error) {
    script_.push_back({std::move(url), std::move(error)});
  }

  /// Expects a request for `url` at any time, for code that sends requests concurrently. Several
  /// requests for the same URL are answered in the order of these calls. With an Error, the request
  /// fails.
  void expect_sometime(const std::string& url, Answer answer) {
    in_any_order_[url].push_back(std::move(answer));
  }

  ~ScriptedHttp() override {
    for (const Step& step : script_) ADD_FAILURE() << "no request came for " << step.url;
    for (const auto& [url, answers] : in_any_order_) {
      if (!answers.empty()) ADD_FAILURE() << "no request came for " << url;
    }
  }

  /// Completes in poll(), as a real client does. An unexpected request fails the test.
  Task<HttpResponse> send(HttpRequest request) override {
    requests_.push_back(request);
    const auto answer = take_answer(request.url);
    if (!answer) {
      ADD_FAILURE() << "unexpected request for " << request.url;
      throw std::logic_error("unexpected request for " + request.url);
    }
    ++in_flight_;
    most_in_flight_ = std::max(most_in_flight_, in_flight_);
    co_await NextPoll{waiters_};
    --in_flight_;
    if (const auto* error = std::get_if<Error>(&*answer)) throw *error;
    co_return std::get<HttpResponse>(*answer);
  }

  Task<void> sleep(std::chrono::milliseconds duration) override {
    sleeps_.push_back(duration);
    co_await Until{sleepers_, *passed_ + duration};
  }

  /// Answers take no time. If none are pending, time advances to the end of the next sleep.
  void poll() override {
    auto ready = std::exchange(waiters_, {});
    if (ready.empty() && !sleepers_.empty()) {
      *passed_ = std::max(*passed_, sleepers_.begin()->first);
    }
    while (!sleepers_.empty() && sleepers_.begin()->first <= *passed_) {
      ready.push_back(sleepers_.begin()->second);
      sleepers_.erase(sleepers_.begin());
    }
    if (ready.empty()) throw std::logic_error("nothing would ever end the wait");
    for (const auto waiter : ready) waiter.resume();
  }

  /// Whether every expected request came.
  [[nodiscard]] bool done() const {
    return script_.empty() && std::ranges::all_of(in_any_order_, [](const auto& entry) {
             return entry.second.empty();
           });
  }
  [[nodiscard]] const std::vector<HttpRequest>& requests() const { return requests_; }
  [[nodiscard]] std::vector<std::string> urls() const {
    std::vector<std::string> urls;
    for (const HttpRequest& request : requests_) urls.push_back(request.url);
    return urls;
  }
  [[nodiscard]] const std::vector<std::chrono::milliseconds>& sleeps() const { return sleeps_; }
  /// The maximum number of requests that were in flight at the same time.
  [[nodiscard]] int most_in_flight() const { return most_in_flight_; }

 private:
  struct NextPoll {
    std::vector<std::coroutine_handle<>>& waiters;
    [[nodiscard]] bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiter) { waiters.push_back(waiter); }
    void await_resume() {}
  };

  using Sleepers = std::multimap<std::chrono::milliseconds, std::coroutine_handle<>>;
  struct Until {
    Sleepers& sleepers;
    std::chrono::milliseconds time;
    [[nodiscard]] bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> sleeper) { sleepers.emplace(time, sleeper); }
    void await_resume() {}
  };

  struct Step {
    std::string url;
    Answer answer;
  };

  std::optional<Answer> take_answer(const std::string& url) {
    const auto take = [](auto& queue) {
      auto front = std::move(queue.front());
      queue.pop_front();
      return front;
    };
    if (!script_.empty() && script_.front().url == url) return take(script_).answer;
    const auto entry = in_any_order_.find(url);
    if (entry == in_any_order_.end() || entry->second.empty()) return std::nullopt;
    return take(entry->second);
  }

  std::chrono::milliseconds own_time_{0};
  std::chrono::milliseconds* passed_ = &own_time_;
  std::deque<Step> script_;
  std::map<std::string, std::deque<Answer>> in_any_order_;
  std::vector<HttpRequest> requests_;
  std::vector<std::chrono::milliseconds> sleeps_;
  std::vector<std::coroutine_handle<>> waiters_;
  Sleepers sleepers_;
  int in_flight_ = 0;
  int most_in_flight_ = 0;
};

}  // namespace dkr
