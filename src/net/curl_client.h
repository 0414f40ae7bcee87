// HTTP by libcurl, all requests of the process in one event loop.
#pragma once

#include <memory>

#include "base/world.h"
#include "net/http.h"

namespace dkr {

class CurlClient final : public HttpClient, public EventLoop {
 public:
  /// Costs nothing until the first request. `clock` must outlive this object.
  explicit CurlClient(const Clock& clock);
  ~CurlClient() override;

  Task<HttpResponse> send(HttpRequest request) override;
  Task<void> sleep(std::chrono::milliseconds duration) override;
  void poll() override;

 private:
  class Loop;
  Loop& loop();

  const Clock& clock_;
  std::unique_ptr<Loop> loop_;
};

}  // namespace dkr
