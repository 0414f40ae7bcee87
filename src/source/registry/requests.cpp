#include "source/registry/requests.h"

#include <string_view>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "model/docker_hub.h"
#include "net/http_status.h"
#include "net/retry.h"
#include "net/url.h"

namespace dkr {
namespace {

/// The registry's own error message in the format of the distribution spec, `DENIED: ...`; empty
/// when the response has no such message. A host that the registry redirects to might repeat the
/// signature of its URL.
std::string registry_message(const HttpResponse& response, const std::string& base_url) {
  if (response.body.size() > kMaxErrorBytes) return "";
  if (!response.url.empty() && origin_of(response.url) != origin_of(base_url)) return "";
  try {
    const json::Document document(response.body);
    const auto errors = document.root().find("errors");
    std::string result;
    if (!errors) return result;
    (void)errors->for_each([&](const json::Value& error) {
      if (!result.empty()) return;
      const auto code = error.find("code");
      const auto message = error.find("message");
      result = code ? code->string().value_or("") : "";
      const std::string_view words = message ? message->string().value_or("") : "";
      if (!result.empty() && !words.empty()) result += ": ";
      result += words;
    });
    return result;
  } catch (const Error&) {
    return "";
  }
}

}  // namespace

HttpRequest repository_request(const RegistryAddress& registry, const std::string& repository,
                               const std::string& below) {
  const std::string path = is_docker_hub(registry.name) ? full_path(repository) : repository;
  HttpRequest request;
  request.url = fmt::format("{}/v2/{}/{}", registry.base_url, path, below);
  request.scope = fmt::format("repository:{}:pull", path);
  request.max_body_bytes = kMaxDocumentBytes;
  return request;
}

Error refusal(const HttpResponse& response, const std::string& base_url) {
  constexpr std::size_t kMaxBytes = 200;
  std::string message = registry_message(response, base_url);
  if (!message.empty()) message = ", " + excerpt(message, kMaxBytes);
  if (const auto wait = response.header("retry-after")) {
    message += fmt::format(" (Retry-After: {})", excerpt(*wait, 40));
  }
  const ErrorKind kind = response.status == http_status::kUnauthorized ? ErrorKind::kUnauthorized
                         : is_transient(response.status)               ? ErrorKind::kBusy
                                                                       : ErrorKind::kRefused;
  return {kind, fmt::format("HTTP status {}{}", response.status, message)};
}

}  // namespace dkr
