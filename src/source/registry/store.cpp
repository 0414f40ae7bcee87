#include "source/registry/store.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "model/docker_hub.h"
#include "model/reference.h"
#include "net/header.h"
#include "net/http_status.h"
#include "net/retry.h"
#include "net/url.h"
#include "source/oci/name.h"
#include "source/registry/explain.h"
#include "source/registry/name_pages.h"

namespace dkr {
namespace {

/// Concurrent HTTP/1.1 connections, or streams of one HTTP/2 connection.
constexpr std::size_t kConnections = 16;
constexpr std::size_t kStreams = 100;
constexpr std::size_t kMaxDocumentBytes = std::size_t{8} << 20;
constexpr std::size_t kMaxPages = 100'000;

/// The URL of the page after `response`, to a request for `url`; absent after the last page.
/// Proxies in front of a registry make it name itself by another scheme or host, so any other
/// address than that of `response` means the registry at `base_url`, as in skopeo.
std::optional<std::string> next_page(const HttpResponse& response, const std::string& url,
                                     const std::string& base_url) {
  const std::string& from = response.url.empty() ? url : response.url;
  for (const auto& [name, value] : response.headers) {
    if (name != "link") continue;
    const auto link = next_link(value);
    if (!link) continue;
    auto next = resolve_url(from, *link);
    if (!next || origin_of(*next) != origin_of(from)) next = resolve_at_origin(base_url, *link);
    if (!next) throw Error(ErrorKind::kRefused, "next page has an invalid address");
    return next;
  }
  return std::nullopt;
}

/// The digest of `manifest`, the body of `response`: that in the header, which must be right, or
/// else computed. The header's is not that of the body for a signed manifest of schema 1, whose
/// digest does not cover the signatures, so it is always computed for schema 1.
Digest digest_of(const HttpResponse& response, const Manifest& manifest) {
  const auto header = response.header("docker-content-digest");
  if (manifest.is_schema_one() || !header || !is_digest(*header)) {
    return Digest("sha256:" + sha256_hex(response.body));
  }
  Digest digest(*header);
  require_digest(response.body, digest);
  return digest;
}

std::string_view content_type_of(const HttpResponse& response) {
  return response.header("content-type").value_or("");
}

/// The digest of a manifest that the headers tell, not verified; absent unless they do.
std::optional<Digest> digest_in(const HttpResponse& response) {
  const auto digest = response.header("docker-content-digest");
  const bool is_told = response.status == http_status::kOk && digest && is_digest(*digest);
  return is_told ? std::optional<Digest>(*digest) : std::nullopt;
}

/// The registry's own error message in the format of the distribution spec, `DENIED: ...`; empty
/// when the response has no such message. A host that the registry redirects to might repeat the
/// signature of its URL.
std::string registry_message(const HttpResponse& response, const std::string& base_url) {
  constexpr std::size_t kMaxErrorBytes = std::size_t{1} << 20;  // longer bodies are not messages
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

RegistryStore::RegistryStore(RegistryAddress address, RegistryOptions options, HttpClient& client,
                             const World& world, Log& log)
    : options_(options), client_(std::move(address), options.timeout, client, world, log) {
  log.debug("registry {}: at {}", name(), client_.registry().base_url);
}

std::string RegistryStore::cache_key() const {
  return client_.registry().base_url + " " + client_.user_key();
}

std::size_t RegistryStore::concurrency() const {
  if (options_.jobs) return *options_.jobs;
  return client_.version() == HttpVersion::kTwo ? kStreams : kConnections;
}

Error RegistryStore::explain(const Error& error) const { return dkr::explain(error, client_); }

std::string RegistryStore::no_such_repository() const {
  return client_.has_credentials() ? "there is no such repository"
                                   : "there is no such repository, or not without credentials";
}

std::string RegistryStore::access_advice() const { return login_advice(client_.registry()); }

std::string RegistryStore::displayed_name(std::string_view repository) const {
  return std::string(is_hub() ? familiar_path(without_hub(repository)) : repository);
}

std::string RegistryStore::reference_prefix() const { return is_hub() ? "" : name() + "/"; }

bool RegistryStore::is_hub() const { return is_docker_hub(name()); }

HttpRequest RegistryStore::request_for(const std::string& repository, std::string below) const {
  const std::string path = is_hub() ? full_path(repository) : repository;
  HttpRequest request;
  request.url = fmt::format("{}/v2/{}/{}", client_.registry().base_url, path, below);
  request.scope = fmt::format("repository:{}:pull", path);
  request.max_body_bytes = kMaxDocumentBytes;
  return request;
}

HttpRequest RegistryStore::manifest_request(const std::string& repository,
                                            const std::string& reference) const {
  HttpRequest request = request_for(repository, "manifests/" + reference);
  request.headers.emplace_back("Accept", kAcceptManifests);
  return request;
}

Task<void> RegistryStore::check() {
  HttpRequest request;
  request.url = client_.registry().base_url + "/v2/";
  request.max_body_bytes = kMaxDocumentBytes;
  const HttpResponse response = co_await client_.send(std::move(request));
  if (response.status == http_status::kOk) co_return;
  const Error error = refusal(response);
  throw Error(error.kind(), fmt::format("/v2/: {}", error.what()),
              "is that not the address of a registry?");
}

Task<NameList> RegistryStore::repositories() {
  try {
    co_return co_await catalog();
  } catch (const Error& error) {
    throw explain(error);
  }
}

Task<NameList> RegistryStore::catalog() {
  HttpRequest request;
  request.url = client_.registry().base_url + "/v2/_catalog";
  request.scope = "registry:catalog:*";
  request.max_body_bytes = kMaxListBytes;
  HttpResponse response = co_await first_page(request);
  if (response.status != http_status::kOk) throw refused_catalog(response);
  NameList list = co_await pages(std::move(request), std::move(response), List::kCatalog);
  if (is_hub()) {
    std::unordered_set<std::string, KeyedHash> known;
    for (std::string& name : list.names) name = familiar_path(name);
    std::erase_if(list.names, [&](const std::string& name) { return !known.insert(name).second; });
  }
  co_return list;
}

Task<std::optional<NameList>> RegistryStore::tags(std::string repository) {
  HttpRequest request = request_for(repository, "tags/list");
  request.max_body_bytes = kMaxListBytes;
  HttpResponse response = co_await first_page(request);
  if (response.status == http_status::kNotFound) co_return std::nullopt;
  if (response.status != http_status::kOk) throw refusal(response);
  co_return co_await pages(std::move(request), std::move(response), List::kTags);
}

/// The response to `request`, with our page size unless the registry refuses it.
Task<HttpResponse> RegistryStore::first_page(HttpRequest request) {
  if (page_size_ == PageSize::kOurs) {
    HttpRequest sized = request;
    sized.url += "?n=1000";
    HttpResponse response = co_await client_.send(std::move(sized));
    if (response.status != http_status::kBadRequest &&
        response.status != http_status::kContentTooLarge) {
      co_return response;
    }
    page_size_ = PageSize::kTheirs;
  }
  co_return co_await client_.send(std::move(request));
}

/// The names in `first`, which is the response to `request`, and in all further pages.
Task<NameList> RegistryStore::pages(HttpRequest request, HttpResponse first, List which) {
  NamePages names(which == List::kCatalog ? "repositories" : "tags",
                  which == List::kCatalog ? is_repository : is_tag);
  names.add(first.body);
  std::optional<Error> failure;
  try {
    HttpResponse response = std::move(first);
    std::unordered_set<std::string, KeyedHash> visited;
    while (auto next = next_page(response, request.url, client_.registry().base_url)) {
      if (!visited.insert(*next).second || visited.size() > kMaxPages) {
        throw malformed("pages do not end");
      }
      names.count_bytes(next->size());
      request.url = std::move(*next);
      request.max_body_bytes = names.bytes_left();
      response = co_await client_.send(request);
      if (response.status != http_status::kOk) throw refusal(response);
      names.add(response.body);
    }
  } catch (const Error& error) {
    failure = error.kind() == ErrorKind::kTooLarge ? list_too_large() : error;
  }
  NameList list;
  list.names = std::move(names).take();
  list.failure = std::move(failure);
  co_return list;
}

Task<std::optional<TaggedManifest>> RegistryStore::resolve(std::string repository, std::string tag,
                                                           std::optional<Digest> cached) {
  HttpRequest request = manifest_request(repository, tag);
  if (is_hub() && cached) {
    // Docker Hub counts each GET of a manifest as a pull.
    HttpRequest head = request;
    head.method = HttpMethod::kHead;
    const HttpResponse response = co_await client_.send(std::move(head));
    if (response.header("docker-content-digest") == cached->text()) {
      co_return TaggedManifest{std::move(*cached), std::nullopt};
    }
  }
  if (cached) request.headers.emplace_back("If-None-Match", fmt::format("\"{}\"", cached->text()));
  const HttpResponse response = co_await client_.send(std::move(request));
  if (response.status == http_status::kNotFound) co_return std::nullopt;
  if (response.status == http_status::kNotModified && cached) {
    co_return TaggedManifest{std::move(*cached), std::nullopt};
  }
  if (response.status != http_status::kOk) throw refusal(response);
  Manifest manifest = parse_manifest(response.body, content_type_of(response));
  Digest digest = digest_of(response, manifest);
  co_return TaggedManifest{std::move(digest), std::move(manifest)};
}

/// Some registries, and proxies before them, answer HEAD with any status.
Task<std::optional<Digest>> RegistryStore::digest(std::string repository, std::string tag) {
  if (heads_ != Heads::kRefused) {
    HttpRequest head = manifest_request(repository, tag);
    head.method = HttpMethod::kHead;
    const HttpResponse response = co_await client_.send(std::move(head));
    if (auto digest = digest_in(response)) {
      heads_ = Heads::kAnswered;
      co_return digest;
    }
    const bool is_unknown = response.status < http_status::kBadRequest ||
                            response.status == http_status::kBadRequest ||
                            response.status == http_status::kNotFound;
    const bool is_refused = response.status == http_status::kMethodNotAllowed ||
                            response.status == http_status::kNotImplemented;
    if (!is_unknown && !is_refused) throw refusal(response);
    if (is_refused || (heads_ == Heads::kUnknown && response.status == http_status::kOk)) {
      heads_ = Heads::kRefused;
    }
  }
  co_return co_await digest_by_get(std::move(repository), std::move(tag));
}

/// As HEAD has it, where the registry tells: that of a signed manifest of schema 1 is not that of
/// its bytes.
Task<std::optional<Digest>> RegistryStore::digest_by_get(std::string repository, std::string tag) {
  const HttpResponse response = co_await client_.send(manifest_request(repository, tag));
  if (response.status == http_status::kNotFound) co_return std::nullopt;
  if (response.status != http_status::kOk) throw refusal(response);
  if (auto digest = digest_in(response)) co_return digest;
  const Manifest manifest = parse_manifest(response.body, content_type_of(response));
  co_return digest_of(response, manifest);
}

Task<std::optional<Manifest>> RegistryStore::manifest(std::string repository, Digest digest) {
  const HttpResponse response = co_await client_.send(manifest_request(repository, digest.text()));
  if (response.status == http_status::kNotFound) co_return std::nullopt;
  if (response.status != http_status::kOk) throw refusal(response);
  require_digest(response.body, digest);
  co_return parse_manifest(response.body, content_type_of(response));
}

Task<std::string> RegistryStore::blob(std::string repository, Digest digest) {
  HttpRequest request = request_for(repository, "blobs/" + digest.text());
  request.redirects = Redirects::kAnyScheme;
  HttpResponse response = co_await client_.send(std::move(request));
  if (response.status != http_status::kOk) throw refusal(response);
  require_digest(response.body, digest);
  co_return std::move(response.body);
}

Error RegistryStore::refusal(const HttpResponse& response) const {
  constexpr std::size_t kMaxBytes = 200;
  std::string message = registry_message(response, client_.registry().base_url);
  if (!message.empty()) message = ", " + excerpt(message, kMaxBytes);
  if (const auto wait = response.header("retry-after")) {
    message += fmt::format(" (Retry-After: {})", excerpt(*wait, 40));
  }
  const ErrorKind kind = response.status == http_status::kUnauthorized ? ErrorKind::kUnauthorized
                         : is_transient(response.status)               ? ErrorKind::kBusy
                                                                       : ErrorKind::kRefused;
  return {kind, fmt::format("HTTP status {}{}", response.status, message)};
}

/// Adds a hint for the usual case that a registry has no catalog, or not for every user.
Error RegistryStore::refused_catalog(const HttpResponse& response) const {
  Error error = refusal(response);
  const bool is_usual = response.status == http_status::kUnauthorized ||
                        response.status == http_status::kForbidden ||
                        response.status == http_status::kNotFound ||
                        response.status == http_status::kMethodNotAllowed;
  if (!is_usual) return error;
  return {error.kind(), fmt::format("the registry gives no catalog: {}", error.what()),
          "name the repositories with --repo NAME; or is that not the address of a registry?"};
}

}  // namespace dkr
