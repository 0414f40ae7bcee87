// The HTTP client that uses libcurl, and the event loop that all requests share.
#pragma once

#include <memory>

#include "base/world.h"
#include "net/http.h"

namespace dkr {

class CurlClient final : public HttpClient, public EventLoop {
 public:
  /// libcurl is initialised at the first request, not here. `clock` must outlive this object.
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
