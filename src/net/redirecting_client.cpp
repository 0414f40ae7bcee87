#include "net/redirecting_client.h"

#include <string>
#include <utility>

#include "base/error.h"
#include "net/http_status.h"
#include "net/url.h"

namespace dkr {
namespace {

constexpr int kMaxRedirects = 5;

Error refused(const char* cause) { return {ErrorKind::kRefused, cause}; }

/// The URL that `location`, in the response to a request for `url`, redirects to. Throws Error
/// kRefused.
std::string target_of(const std::string& location, const std::string& url, Redirects redirects) {
  const bool is_address = !location.empty() && !location.starts_with(':');
  auto target = is_address ? resolve_url(url, location) : std::nullopt;
  const bool loses_tls = url.starts_with("https:") && target && target->starts_with("http:");
  if (!target || (loses_tls && redirects == Redirects::kKeepTls))
    throw refused("redirect to an invalid or non-https address");
  return std::move(*target);
}

}  // namespace

Task<HttpResponse> RedirectingClient::send(HttpRequest request) {
  const std::string home = origin_of(request.url);
  auto elsewhere = request.headers;
  std::erase_if(elsewhere, [](const auto& header) { return header.first == "Authorization"; });
  std::string url = request.url;
  for (int redirects = 0;; ++redirects) {
    HttpRequest step = request;
    const bool is_home = origin_of(url) == home;
    step.url = url;
    if (!is_home) {
      step.headers = elsewhere;
      step.url_secrecy = UrlSecrecy::kSecret;
    }
    HttpResponse response = co_await next_.send(std::move(step));
    if (response.status == http_status::kUnauthorized && !is_home) {
      throw refused("redirect to a host that requires credentials");
    }
    const auto location = response.header("location");
    if (!http_status::is_redirect(response.status) || !location ||
        request.method == HttpMethod::kPost) {
      if (redirects > 0) response.url = std::move(url);
      co_return response;
    }
    url = target_of(std::string(*location), url, request.redirects);
    if (redirects == kMaxRedirects) throw refused("too many redirects");
  }
}

}  // namespace dkr
