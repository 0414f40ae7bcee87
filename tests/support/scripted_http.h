// An HTTP client that plays a script: it answers exactly the expected requests, in order.
#pragma once

#include <deque>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

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

  /// An unexpected request fails the test: the program reports the Error, and done() is false.
  Task<HttpResponse> send(HttpRequest request) override {
    requests_.push_back(request);
    if (script_.empty() || script_.front().url != request.url) {
      unexpected_ = true;
      throw std::logic_error("unexpected request for " + request.url);
    }
    const auto answer = std::move(script_.front().answer);
    script_.pop_front();
    if (const auto* error = std::get_if<Error>(&answer)) throw *error;
    co_return std::get<HttpResponse>(answer);
  }

  void poll() override { throw std::logic_error("nothing to wait for: every answer is at hand"); }

  /// Whether every expected request came, and no other.
  [[nodiscard]] bool done() const { return script_.empty() && !unexpected_; }
  [[nodiscard]] const std::vector<HttpRequest>& requests() const { return requests_; }

 private:
  struct Step {
    std::string url;
    std::variant<HttpResponse, Error> answer;
  };

  std::deque<Step> script_;
  std::vector<HttpRequest> requests_;
  bool unexpected_ = false;
};

}  // namespace dkr
