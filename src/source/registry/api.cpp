#include "source/registry/api.h"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "model/docker_hub.h"
#include "net/header.h"
#include "net/retry.h"
#include "net/url.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxListBytes = std::size_t{256} << 20;
constexpr std::size_t kMaxDocumentBytes = std::size_t{8} << 20;
constexpr std::size_t kMostPages = 100'000;
constexpr int kOk = 200;
constexpr int kNotModified = 304;
constexpr int kBadRequest = 400;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kMethodNotAllowed = 405;
constexpr int kTooLarge = 413;

Error malformed(const std::string& cause) { return {ErrorKind::kMalformed, cause}; }

/// The texts in the list `key` of `body`, added to `names`.
void read_names(const std::string& body, const std::string& key, std::vector<std::string>& names) {
  const json::Document document(body);
  const auto list = document.root().find(key);
  if (!list) throw malformed(fmt::format("has no {}", key));
  if (list->is_null()) return;
  const bool is_list = list->for_each([&](const json::Value& element) {
    if (element.is_null()) return;
    const auto name = element.string();
    if (!name) throw malformed(fmt::format("holds something other than names in {}", key));
    names.emplace_back(*name);
  });
  if (!is_list) throw malformed(fmt::format("has {} that are no list", key));
}

/// Where the page after `response`, the answer for `url`, is; absent when it is the last one.
std::optional<std::string> next_page(const HttpResponse& response, const std::string& url) {
  for (const auto& [name, value] : response.headers) {
    if (name != "link") continue;
    const auto link = next_link(value);
    if (!link) continue;
    auto next = resolve_url(url, *link);
    if (!next || origin_of(*next) != origin_of(url)) {
      throw Error(ErrorKind::kRefused, "the list goes on at another address, which is not trusted");
    }
    return next;
  }
  return std::nullopt;
}

/// The digest that `response` says it has, or else that of its body.
std::string digest_of(const HttpResponse& response) {
  const auto header = response.header("docker-content-digest");
  if (header && is_digest(*header)) return std::string(*header);
  return "sha256:" + sha256_hex(response.body);
}

void require_digest(const std::string& body, const std::string& digest) {
  if (!matches_digest(body, digest)) {
    throw malformed(fmt::format("is not what its digest {} says", digest));
  }
}

/// What the registry itself says went wrong: `DENIED: ...`, as the distribution specification has
/// it; empty when it does not.
std::string message_of(const HttpResponse& response) {
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

/// What `digest` stands for. Fetched once, however many tasks want it, and shared as soon as one
/// repository has it; what one lacks or refuses, another may have.
template <typename T, typename Known, typename Fetch, typename IsFound>
Task<T> once(Known& known, std::string digest, std::string repository, Fetch fetch,
             IsFound is_found) {
  auto& fact = known[digest];
  while (true) {
    if (fact.found) co_return *fact.found;
    if (const auto own = fact.asked.find(repository); own != fact.asked.end()) {
      co_return co_await *own->second;
    }
    if (fact.under_way == nullptr) break;
    try {
      (void)co_await *fact.under_way;
    } catch (const Error&) {
      // Our own repository may do better.
    }
  }
  Shared<T>& own = *(fact.asked[repository] = std::make_unique<Shared<T>>());
  fact.under_way = &own;
  std::exception_ptr failure;
  try {
    T value = co_await fetch();
    fact.under_way = nullptr;
    if (is_found(value)) fact.found = value;
    own.set(std::move(value));
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    fact.under_way = nullptr;
    own.set_exception(failure);
  }
  co_return co_await own;
}

}  // namespace

Task<NameList> RegistryApi::catalog() {
  auto list = co_await pages("", "/v2/_catalog", "repositories");
  co_return std::move(*list);
}

Task<std::optional<NameList>> RegistryApi::tags(std::string repository) {
  std::string path = fmt::format("/v2/{}/tags/list", repository);
  co_return co_await pages(std::move(repository), std::move(path), "tags");
}

Task<std::optional<NameList>> RegistryApi::pages(std::string repository, std::string path,
                                                 std::string key) {
  const bool is_catalog = repository.empty();
  RegistryRequest request;
  request.repository = repository;
  request.url = url_of(path);
  request.max_body_bytes = kMaxListBytes;
  HttpResponse response = co_await first_page(repository, request.url);
  if (response.status == kNotFound && !is_catalog) co_return std::nullopt;
  if (response.status != kOk) throw is_catalog ? refused_catalog(response) : refusal(response);
  NameList list;
  read_names(response.body, key, list.names);
  try {
    std::unordered_set<std::string> visited;
    while (auto next = next_page(response, request.url)) {
      if (!visited.insert(*next).second || visited.size() > kMostPages) {
        throw malformed("goes on for ever");
      }
      request.url = std::move(*next);
      response = co_await client_.send(request);
      if (response.status != kOk) throw refusal(response);
      read_names(response.body, key, list.names);
    }
  } catch (const Error& error) {
    list.failure = error;
  }
  co_return list;
}

Task<HttpResponse> RegistryApi::first_page(std::string repository, std::string url) {
  RegistryRequest request;
  request.repository = std::move(repository);
  request.max_body_bytes = kMaxListBytes;
  if (page_size_ == PageSize::kOurs) {
    request.url = url + "?n=1000";
    HttpResponse response = co_await client_.send(request);
    if (response.status != kBadRequest && response.status != kTooLarge) co_return response;
    page_size_ = PageSize::kTheirs;
  }
  request.url = std::move(url);
  co_return co_await client_.send(std::move(request));
}

Task<std::optional<TaggedManifest>> RegistryApi::tagged(std::string repository, std::string tag,
                                                        std::string known) {
  RegistryRequest request;
  request.repository = repository;
  request.url = url_of(fmt::format("/v2/{}/manifests/{}", repository, tag));
  request.accept = kAcceptManifests;
  request.max_body_bytes = kMaxDocumentBytes;
  if (is_docker_hub(client_.registry().name) && !known.empty()) {
    request.method = HttpMethod::kHead;
    const HttpResponse response = co_await client_.send(request);
    if (response.header("docker-content-digest") == known) co_return TaggedManifest{known, {}};
    request.method = HttpMethod::kGet;
  }
  request.if_none_match = known;
  const HttpResponse response = co_await client_.send(std::move(request));
  if (response.status == kNotFound) co_return std::nullopt;
  if (response.status == kNotModified && !known.empty()) co_return TaggedManifest{known, {}};
  if (response.status != kOk) throw refusal(response);
  TaggedManifest result{digest_of(response), std::nullopt};
  result.manifest = parse_manifest(response.body, response.header("content-type").value_or(""));
  // The digest of a signed manifest of schema 1 leaves its signatures out.
  const bool is_schema_one = !result.manifest->entries && !result.manifest->config_digest;
  if (!is_schema_one) require_digest(response.body, result.digest);
  auto& fact = manifests_[result.digest];
  if (!fact.found) fact.found.emplace(result.manifest);
  co_return result;
}

Task<std::optional<Manifest>> RegistryApi::manifest(std::string repository, std::string digest) {
  co_return co_await once<std::optional<Manifest>>(
      manifests_, digest, repository, [&] { return fetch_manifest(repository, digest); },
      [](const std::optional<Manifest>& manifest) { return manifest.has_value(); });
}

Task<std::optional<Manifest>> RegistryApi::fetch_manifest(std::string repository,
                                                          std::string digest) {
  RegistryRequest request;
  request.url = url_of(fmt::format("/v2/{}/manifests/{}", repository, digest));
  request.repository = std::move(repository);
  request.accept = kAcceptManifests;
  request.max_body_bytes = kMaxDocumentBytes;
  const HttpResponse response = co_await client_.send(std::move(request));
  if (response.status == kNotFound) co_return std::nullopt;
  if (response.status != kOk) throw refusal(response);
  Manifest manifest = parse_manifest(response.body, response.header("content-type").value_or(""));
  require_digest(response.body, digest);
  co_return manifest;
}

Task<std::optional<Time>> RegistryApi::created(std::string repository, std::string digest) {
  co_return co_await once<std::optional<Time>>(
      created_, digest, repository, [&] { return fetch_created(repository, digest); },
      [](const std::optional<Time>& /*time*/) { return true; });
}

Task<std::optional<Time>> RegistryApi::fetch_created(std::string repository, std::string digest) {
  RegistryRequest request;
  request.url = url_of(fmt::format("/v2/{}/blobs/{}", repository, digest));
  request.repository = std::move(repository);
  request.max_body_bytes = kMaxDocumentBytes;
  try {
    const HttpResponse response = co_await client_.send(std::move(request));
    if (response.status != kOk) throw refusal(response);
    require_digest(response.body, digest);
    co_return parse_config_created(response.body);
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("config: {}", error.what()), error.hint());
  }
}

Error RegistryApi::refusal(const HttpResponse& response) const {
  constexpr std::size_t kMaxBytes = 200;
  std::string message = message_of(response);
  // A registry that repeats what it was sent is no reason to print it. Asked of the whole message,
  // since escapes in the body or the cut could hide a part of a secret.
  if (client_.contains_secret(message)) message.clear();
  if (!message.empty()) message = ", " + excerpt(message, kMaxBytes);
  if (const auto wait = response.header("retry-after")) {
    message += fmt::format(" (Retry-After: {})", excerpt(*wait, 40));
  }
  const ErrorKind kind = response.status == kUnauthorized ? ErrorKind::kUnauthorized
                         : is_transient(response.status)  ? ErrorKind::kBusy
                                                          : ErrorKind::kRefused;
  return {kind, fmt::format("HTTP status {}{}", response.status, message)};
}

/// Many registries have no catalog, or not for everyone.
Error RegistryApi::refused_catalog(const HttpResponse& response) const {
  Error error = refusal(response);
  const bool is_usual = response.status == kUnauthorized || response.status == kForbidden ||
                        response.status == kNotFound || response.status == kMethodNotAllowed;
  if (!is_usual) return error;
  return {
      error.kind(), fmt::format("the registry gives no catalog: {}", error.what()),
      "name the repositories: dkr-ls tags --repo NAME; or is that not the address of a registry?"};
}

std::string RegistryApi::url_of(const std::string& path) const {
  return client_.registry().base_url + path;
}

}  // namespace dkr
