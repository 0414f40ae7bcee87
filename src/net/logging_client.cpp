#include "net/logging_client.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace dkr {
namespace {

std::string_view name_of(HttpMethod method) {
  switch (method) {
    case HttpMethod::kHead:
      return "HEAD";
    case HttpMethod::kPost:
      return "POST";
    default:
      return "GET";
  }
}

/// The request without its secrets: `GET http://localhost/images/json over /run/docker.sock`.
std::string summary_of(const HttpRequest& request) {
  std::string url = without_credentials(request.url);
  if (request.url_secrecy == UrlSecrecy::kSecret) {
    const std::size_t path = url.find('/', url.find("://") + 3);
    if (path != std::string::npos) url.erase(path).append("/***");
  }
  std::string socket = request.peer.unix_socket ? " over " + *request.peer.unix_socket : "";
  if (request.peer.dialer) socket = " over " + request.peer.dialer->name();
  return fmt::format("{} {}{}", name_of(request.method), url, socket);
}

}  // namespace

Task<HttpResponse> LoggingClient::send(HttpRequest request) {
  const auto start = clock_.steady();
  const std::string what = summary_of(request);
  const auto milliseconds = [&] {
    return std::chrono::duration<double, std::milli>(clock_.steady() - start).count();
  };
  try {
    HttpResponse response = co_await client_.send(std::move(request));
    log_.debug("{}: {}, {} bytes in {:.1f} ms", what, response.status, response.body.size(),
               milliseconds());
    co_return response;
  } catch (const Error& error) {
    log_.debug("{}: {} after {:.1f} ms", what, error.what(), milliseconds());
    throw;
  }
}

}  // namespace dkr
