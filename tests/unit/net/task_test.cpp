#include "net/task.h"

#include <chrono>
#include <coroutine>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "net/http.h"

namespace dkr {
namespace {

/// A client without network: what awaits next_poll() goes on when poll() is called.
class Ticks final : public HttpClient, public EventLoop {
 public:
  auto next_poll() {
    struct Awaiter {
      Ticks& ticks;
      [[nodiscard]] bool await_ready() const { return false; }
      void await_suspend(std::coroutine_handle<> waiter) { ticks.waiters_.push_back(waiter); }
      void await_resume() {}
    };
    return Awaiter{*this};
  }

  Task<HttpResponse> send(HttpRequest request) override {
    co_await next_poll();
    co_return HttpResponse{200, {}, request.url};
  }
  Task<void> sleep(std::chrono::milliseconds /*duration*/) override { co_await next_poll(); }
  void poll() override {
    ++polls;
    for (const auto waiter : std::exchange(waiters_, {})) waiter.resume();
  }

  int polls = 0;

 private:
  std::vector<std::coroutine_handle<>> waiters_;
};

Task<std::string> body_of(HttpClient& client, std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  const HttpResponse response = co_await client.send(request);
  co_return response.body;
}

Task<std::string> two_bodies(HttpClient& client) {
  const std::string first = co_await body_of(client, "a");
  const std::string second = co_await body_of(client, first + "b");
  co_return first + " " + second;
}

TEST(Task, GivesTheResultOfWhatItAwaits) {
  Ticks client;
  EXPECT_EQ(wait(client, two_bodies(client)), "a ab");
  EXPECT_EQ(client.polls, 2);
}

Task<std::string> failing(HttpClient& client) {
  co_await body_of(client, "a");
  throw std::runtime_error("broken");
}

Task<std::string> recovering(HttpClient& client) {
  try {
    co_return co_await failing(client);
  } catch (const std::runtime_error& error) {
    co_return std::string("caught ") + error.what();
  }
}

TEST(Task, PassesExceptionsToWhoeverAwaitsIt) {
  Ticks client;
  EXPECT_EQ(wait(client, recovering(client)), "caught broken");
  EXPECT_THROW(wait(client, failing(client)), std::runtime_error);
}

Task<std::unique_ptr<int>> move_only() { co_return std::make_unique<int>(7); }

TEST(Task, MovesItsResult) {
  Ticks client;
  EXPECT_EQ(*wait(client, move_only()), 7);
  EXPECT_EQ(client.polls, 0);
}

Task<void> append(HttpClient& client, std::string& text, std::string url) {
  text += co_await body_of(client, std::move(url));
}

Task<std::string> appended(HttpClient& client) {
  std::string text;
  co_await append(client, text, "a");
  co_await append(client, text, "b");
  co_return text;
}

TEST(Task, MayHaveNoResult) {
  Ticks client;
  EXPECT_EQ(wait(client, appended(client)), "ab");
  std::string text;
  wait(client, append(client, text, "c"));
  EXPECT_EQ(text, "c");
}

Task<void> failing_without_result(HttpClient& client) { co_await failing(client); }

TEST(Task, PassesExceptionsOnWithoutAResultToo) {
  Ticks client;
  EXPECT_THROW(wait(client, failing_without_result(client)), std::runtime_error);
}

TEST(Task, DoesNothingBeforeItIsAwaitedAndCanBeDroppedWhileItWaits) {
  Ticks client;
  bool started = false;
  const auto task = [](HttpClient& http, bool& flag) -> Task<std::string> {
    flag = true;
    co_return co_await body_of(http, "a");
  };
  {
    auto dropped = task(client, started);
    EXPECT_FALSE(started);
    dropped.start();
    EXPECT_TRUE(started);
    EXPECT_FALSE(dropped.done());
  }
}

}  // namespace
}  // namespace dkr
