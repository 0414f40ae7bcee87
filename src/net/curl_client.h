// HTTP by libcurl, all requests of the process in one event loop.
#pragma once

#include <memory>

#include "net/http.h"

namespace dkr {

class CurlClient final : public HttpClient {
 public:
  /// Costs nothing until the first request.
  CurlClient();
  ~CurlClient() override;

  Task<HttpResponse> send(HttpRequest request) override;
  void poll() override;

 private:
  class Loop;
  Loop& loop();

  std::unique_ptr<Loop> loop_;
};

}  // namespace dkr
