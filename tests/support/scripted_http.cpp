#include "support/scripted_http.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <gtest/gtest.h>

namespace dkr {
namespace {

struct NextPoll {
  std::vector<std::coroutine_handle<>>& waiters;
  [[nodiscard]] bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiter) { waiters.push_back(waiter); }
  void await_resume() {}
};

struct Until {
  std::multimap<std::chrono::milliseconds, std::coroutine_handle<>>& sleepers;
  std::chrono::milliseconds time;
  [[nodiscard]] bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> sleeper) { sleepers.emplace(time, sleeper); }
  void await_resume() {}
};

}  // namespace

std::optional<std::string> header_of(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

ScriptedHttp::ScriptedHttp() = default;
ScriptedHttp::ScriptedHttp(std::chrono::milliseconds& passed) : passed_(&passed) {}

ScriptedHttp::~ScriptedHttp() {
  for (const Step& step : script_) ADD_FAILURE() << "no request came for " << step.url;
  for (const auto& [url, answers] : in_any_order_) {
    if (!answers.empty()) ADD_FAILURE() << "no request came for " << url;
  }
}

void ScriptedHttp::expect(std::string url, HttpResponse response) {
  script_.push_back({std::move(url), std::move(response)});
}

void ScriptedHttp::expect(std::string url, Error error) {
  script_.push_back({std::move(url), std::move(error)});
}

void ScriptedHttp::expect_sometime(const std::string& url, Answer answer) {
  in_any_order_[url].push_back(std::move(answer));
}

Task<HttpResponse> ScriptedHttp::send(HttpRequest request) {
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

Task<void> ScriptedHttp::sleep(std::chrono::milliseconds duration) {
  sleeps_.push_back(duration);
  co_await Until{sleepers_, *passed_ + duration};
}

void ScriptedHttp::poll() {
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

bool ScriptedHttp::done() const {
  return script_.empty() &&
         std::ranges::all_of(in_any_order_, [](const auto& entry) { return entry.second.empty(); });
}

std::vector<std::string> ScriptedHttp::urls() const {
  std::vector<std::string> urls;
  for (const HttpRequest& request : requests_) urls.push_back(request.url);
  return urls;
}

std::optional<ScriptedHttp::Answer> ScriptedHttp::take_answer(const std::string& url) {
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

}  // namespace dkr
