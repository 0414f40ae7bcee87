// An HTTP client that plays a script: it answers exactly the expected requests, in order.
#pragma once

#include <chrono>
#include <coroutine>
#include <deque>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"
#include "net/http.h"

namespace dkr {

class ScriptedHttp final : public HttpClient {
 public:
  /// Expects a request for `url` next and answers it.
  void expect(std::string url, HttpResponse response) {
    script_.push_back({std::move(url), std::move(response)});
  }
  /// Expects a request for `url` next, which fails with `error`.
  void expect(std::string url, Error error) {
    script_.push_back({std::move(url), std::move(error)});
  }

  ~ScriptedHttp() override {
    for (const Step& step : script_) ADD_FAILURE() << "no request came for " << step.url;
  }

  /// Answers in poll(), as a network does. An unexpected request fails the test.
  Task<HttpResponse> send(HttpRequest request) override {
    requests_.push_back(request);
    if (script_.empty() || script_.front().url != request.url) {
      ADD_FAILURE() << "unexpected request for " << request.url;
      throw std::logic_error("unexpected request for " + request.url);
    }
    const auto answer = std::move(script_.front().answer);
    script_.pop_front();
    co_await NextPoll{waiters_};
    if (const auto* error = std::get_if<Error>(&answer)) throw *error;
    co_return std::get<HttpResponse>(answer);
  }

  Task<void> sleep(std::chrono::milliseconds duration) override {
    sleeps_.push_back(duration);
    co_await NextPoll{waiters_};
  }

  void poll() override {
    for (const auto waiter : std::exchange(waiters_, {})) waiter.resume();
  }

  /// Whether every expected request came.
  [[nodiscard]] bool done() const { return script_.empty(); }
  [[nodiscard]] const std::vector<HttpRequest>& requests() const { return requests_; }
  [[nodiscard]] const std::vector<std::chrono::milliseconds>& sleeps() const { return sleeps_; }

 private:
  struct NextPoll {
    std::vector<std::coroutine_handle<>>& waiters;
    [[nodiscard]] bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiter) { waiters.push_back(waiter); }
    void await_resume() {}
  };

  struct Step {
    std::string url;
    std::variant<HttpResponse, Error> answer;
  };

  std::deque<Step> script_;
  std::vector<HttpRequest> requests_;
  std::vector<std::chrono::milliseconds> sleeps_;
  std::vector<std::coroutine_handle<>> waiters_;
};

}  // namespace dkr
