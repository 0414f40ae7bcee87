// An HTTP client that follows a script: it answers exactly the expected requests, some in order,
// some at any time.
#pragma once

#include <chrono>
#include <coroutine>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "net/http.h"

namespace dkr {

/// The value of the header `name` of `request`; absent when there is none.
std::optional<std::string> header_of(const HttpRequest& request, std::string_view name);

class ScriptedHttp final : public HttpClient, public EventLoop {
 public:
  using Answer = std::variant<HttpResponse, Error>;

  /// sleep() advances `passed`, or the client's own time if it is not given.
  ScriptedHttp();
  explicit ScriptedHttp(std::chrono::milliseconds& passed);
  ScriptedHttp(const ScriptedHttp&) = delete;
  ScriptedHttp& operator=(const ScriptedHttp&) = delete;

  /// Expects a request for `url` next, and answers it with `response`.
  void expect(std::string url, HttpResponse response);
  /// Expects a request for `url` next, which fails with `error`.
  void expect(std::string url, Error error);

  /// Expects a request for `url` at any time, for code that sends requests concurrently. Several
  /// requests for the same URL are answered in the order of these calls. With an Error, the request
  /// fails.
  void expect_sometime(const std::string& url, Answer answer);

  /// An expected request that never came fails the test.
  ~ScriptedHttp() override;

  /// Completes in poll(), as a real client does. An unexpected request fails the test.
  Task<HttpResponse> send(HttpRequest request) override;

  Task<void> sleep(std::chrono::milliseconds duration) override;

  /// Answers take no time. If none are pending, time advances to the end of the next sleep.
  void poll() override;

  /// Whether every expected request came.
  [[nodiscard]] bool done() const;
  [[nodiscard]] const std::vector<HttpRequest>& requests() const { return requests_; }
  [[nodiscard]] std::vector<std::string> urls() const;
  [[nodiscard]] const std::vector<std::chrono::milliseconds>& sleeps() const { return sleeps_; }
  /// The maximum number of requests that were in flight at the same time.
  [[nodiscard]] int most_in_flight() const { return most_in_flight_; }

 private:
  using Sleepers = std::multimap<std::chrono::milliseconds, std::coroutine_handle<>>;
  struct Step {
    std::string url;
    Answer answer;
  };

  std::optional<Answer> take_answer(const std::string& url);

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
