#include "net/logging_client.h"

#include <chrono>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace dkr {

Task<HttpResponse> LoggingClient::send(HttpRequest request) {
  const auto start = clock_.steady();
  std::string what = without_credentials(request.url);
  if (request.unix_socket) what += " over " + *request.unix_socket;
  const auto milliseconds = [&] {
    return std::chrono::duration<double, std::milli>(clock_.steady() - start).count();
  };
  try {
    HttpResponse response = co_await client_.send(std::move(request));
    log_.debug("GET {}: {}, {} bytes in {:.1f} ms", what, response.status, response.body.size(),
               milliseconds());
    co_return response;
  } catch (const Error& error) {
    log_.debug("GET {}: {} after {:.1f} ms", what, error.what(), milliseconds());
    throw;
  }
}

}  // namespace dkr
