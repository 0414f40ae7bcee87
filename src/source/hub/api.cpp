#include "source/hub/api.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "model/docker_hub.h"
#include "net/http_status.h"
#include "net/retry.h"
#include "net/url.h"
#include "source/hub/repository_pages.h"
#include "source/hub/tag_pages.h"
#include "source/oci/name.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxPageBytes = std::size_t{8} << 20;
constexpr std::size_t kMaxPages = 10'000;  // of a hundred entries each
constexpr const char* kLoginAdvice = "docker login docker.io";

std::string list_url(std::string_view below) {
  return fmt::format("{}/v2/namespaces/{}?page_size=100", kHubApiUrl, below);
}

/// The URL of the page that the one at `url` calls `next`. Whatever host that names, it is asked
/// for at hub.docker.com, so that nobody else gets our token.
std::string page_url(const std::string& url, const std::string& next) {
  auto result = resolve_at_origin(kHubApiUrl, next);
  if (!result) result = resolve_url(url, next);
  if (!result || origin_of(*result) != origin_of(kHubApiUrl)) {
    throw Error(ErrorKind::kRefused, "next page has an invalid address");
  }
  return std::move(*result);
}

/// What the API says of a request that it refuses; empty when it says nothing.
std::string message_in(const HttpResponse& response) {
  constexpr std::size_t kMaxBytes = 200;
  const bool is_elsewhere =
      !response.url.empty() && origin_of(response.url) != origin_of(kHubApiUrl);
  if (response.body.size() > kMaxErrorBytes || is_elsewhere) return "";
  try {
    const json::Document document(response.body);
    for (const char* const key : {"message", "detail"}) {
      if (const auto text = hub_text(document.root(), key); !text.empty()) {
        return excerpt(text, kMaxBytes);
      }
    }
  } catch (const Error&) {  // no JSON, hence no message
  }
  return "";
}

}  // namespace

HubApi::HubApi(std::chrono::seconds timeout, HttpClient& client, const World& world, Log& log)
    : client_(timeout, client, world, log), clock_(world.clock) {}

std::string HubApi::answers_key() const {
  return fmt::format("{} {}", kHubApiUrl, client_.credentials_key());
}

Task<NameList> HubApi::repositories(std::string name_space) {
  const bool is_name = is_repository(name_space) && name_space.find('/') == std::string::npos;
  std::string url = list_url(name_space + "/repositories");
  HttpResponse first;
  if (is_name) first = co_await get(url);
  if (!is_name || first.status == http_status::kNotFound) {
    throw Error(ErrorKind::kRefused,
                "there is no such user or organisation: " + excerpt(name_space, 80),
                "--repo NAME names a repository");
  }
  HubRepositoryPages pages(std::move(name_space));
  NameList list;
  list.failure = co_await read_pages(std::move(first), std::move(url), pages);
  list.names = std::move(pages).take();
  co_return list;
}

Task<std::optional<HubTagList>> HubApi::tags(std::string repository) {
  const std::string path = full_path(repository);
  const std::size_t slash = path.find('/');
  if (!is_repository(path) || slash != path.rfind('/')) co_return std::nullopt;
  std::string url = list_url(
      fmt::format("{}/repositories/{}/tags", path.substr(0, slash), path.substr(slash + 1)));
  HttpResponse first = co_await get(url);
  if (first.status == http_status::kNotFound) co_return std::nullopt;
  HubTagPages pages;
  HubTagList list;
  list.failure = co_await read_pages(std::move(first), std::move(url), pages);
  list.tags = std::move(pages).take();
  co_return list;
}

Task<HttpResponse> HubApi::get(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  request.max_body_bytes = kMaxPageBytes;
  co_return co_await client_.send(std::move(request));
}

/// Reads `first`, the response for `url`, and all pages after it. Returns why some entries are
/// missing; throws if that is all of them.
Task<std::optional<Error>> HubApi::read_pages(HttpResponse first, std::string url,
                                              HubPages& pages) {
  if (first.status != http_status::kOk) throw refusal(first);
  auto next = pages.add(first.body);
  first = {};
  try {
    std::unordered_set<std::string, KeyedHash> visited;
    while (next) {
      url = page_url(url, *next);
      if (!visited.insert(url).second || visited.size() > kMaxPages) {
        throw malformed("pages do not end");
      }
      pages.count_bytes(sizeof(std::string) + url.size());
      const HttpResponse response = co_await get(url);
      if (response.status != http_status::kOk) throw refusal(response);
      next = pages.add(response.body);
    }
  } catch (const Error& error) {
    co_return error;
  }
  co_return pages.fault();
}

Error HubApi::refusal(const HttpResponse& response) const {
  std::string message = message_in(response);
  if (!message.empty()) message.insert(0, ", ");
  if (const auto wait = retry_after(response, clock_.now())) {
    message += fmt::format(" (no more requests for {} s)", wait->count());
  }
  const std::string text = fmt::format("HTTP status {}{}", response.status, message);
  if (response.status == http_status::kUnauthorized) {
    return {ErrorKind::kUnauthorized, text, kLoginAdvice};
  }
  return {is_transient(response.status) ? ErrorKind::kBusy : ErrorKind::kRefused, text};
}

Error HubApi::explain(const Error& error) const {
  const auto explained = [&](std::string_view said, const std::string& hint) {
    return Error(error.kind(), fmt::format("{}{}", said, error.what()),
                 error.hint().empty() ? hint : error.hint());
  };
  switch (error.kind()) {
    case ErrorKind::kUnreachable:
      return explained("cannot connect to Docker Hub at hub.docker.com: ",
                       "--exact with --repo asks registry-1.docker.io alone, which counts pulls");
    case ErrorKind::kUntrusted:
      return explained("hub.docker.com: no trusted connection: ",
                       "put the CA certificate that signed it into "
                       "/etc/docker/certs.d/hub.docker.com/ca.crt");
    case ErrorKind::kTimedOut:
      return explained("hub.docker.com: ", kTimeoutHint);
    case ErrorKind::kBusy:
      return explained("hub.docker.com: ", "try again later");
    default:
      return explained("hub.docker.com: ", "");
  }
}

Error HubApi::no_catalog() {
  return {ErrorKind::kUnsupported,
          fmt::format("{}: Docker Hub has no catalog of its repositories", kDockerHub),
          "name repositories with --repo NAME, or a user or an organisation with "
          "--source registry:docker.io/NAME"};
}

}  // namespace dkr
