#include "source/registry/store.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "model/docker_hub.h"
#include "net/http_status.h"
#include "source/oci/manifest.h"
#include "source/registry/explain.h"
#include "source/registry/name_pages.h"
#include "source/registry/requests.h"

namespace dkr {
namespace {

/// Concurrent HTTP/1.1 connections, or streams of one HTTP/2 connection.
constexpr std::size_t kConnections = 16;
constexpr std::size_t kStreams = 100;

}  // namespace

RegistryStore::RegistryStore(RegistryAddress address, RegistryOptions options, HttpClient& client,
                             const World& world, Log& log, std::shared_ptr<ImageCache> cache)
    : options_(options),
      client_(std::move(address), options.timeout, client, world, log),
      lists_(client_, registry().base_url),
      manifests_(registry(), client_, world.clock, std::move(cache), RegistryStore::cache_key()) {
  log.debug("registry {}: at {}", name(), registry().base_url);
}

std::string RegistryStore::cache_key() const {
  return registry().base_url + " " + client_.user_key();
}

std::string RegistryStore::answers_key() const {
  return registry().base_url + " " + client_.credentials_key();
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

std::string RegistryStore::access_advice() const { return login_advice(registry()); }

std::string RegistryStore::displayed_name(std::string_view repository) const {
  return std::string(is_hub() ? familiar_path(without_hub(repository)) : repository);
}

std::string RegistryStore::reference_prefix() const { return is_hub() ? "" : name() + "/"; }

bool RegistryStore::is_hub() const { return is_docker_hub(name()); }

bool RegistryStore::holds(std::string_view repository) const {
  const std::string& name_space = registry().name_space;
  if (name_space.empty()) return true;
  const std::string path = is_hub() ? full_path(repository) : std::string(repository);
  return path.starts_with(name_space) &&
         (path.size() == name_space.size() || path[name_space.size()] == '/');
}

Task<void> RegistryStore::check() {
  HttpRequest request;
  request.url = registry().base_url + "/v2/";
  request.max_body_bytes = kMaxDocumentBytes;
  const HttpResponse response = co_await client_.send(std::move(request));
  if (response.status == http_status::kOk) co_return;
  const Error error = refusal(response, registry().base_url);
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
  request.url = registry().base_url + "/v2/_catalog";
  request.scope = "registry:catalog:*";
  request.max_body_bytes = kMaxListBytes;
  HttpResponse first = co_await lists_.first_page(request);
  if (first.status != http_status::kOk) throw refused_catalog(first);
  co_return co_await lists_.pages(std::move(request), std::move(first), NameLists::List::kCatalog);
}

Task<std::optional<NameList>> RegistryStore::tags(std::string repository) {
  HttpRequest request = repository_request(registry(), repository, "tags/list");
  request.max_body_bytes = kMaxListBytes;
  HttpResponse first = co_await lists_.first_page(request);
  if (first.status == http_status::kNotFound) co_return std::nullopt;
  if (first.status != http_status::kOk) throw refusal(first, registry().base_url);
  co_return co_await lists_.pages(std::move(request), std::move(first), NameLists::List::kTags);
}

Task<std::string> RegistryStore::blob(std::string repository, Digest digest) {
  HttpRequest request = repository_request(registry(), repository, "blobs/" + digest.text());
  request.redirects = Redirects::kAnyScheme;
  HttpResponse response = co_await client_.send(std::move(request));
  if (response.status != http_status::kOk) throw refusal(response, registry().base_url);
  require_digest(response.body, digest);
  co_return std::move(response.body);
}

/// Adds a hint for the usual case that a registry has no catalog, or not for every user.
Error RegistryStore::refused_catalog(const HttpResponse& response) const {
  Error error = refusal(response, registry().base_url);
  const bool is_usual = response.status == http_status::kUnauthorized ||
                        response.status == http_status::kForbidden ||
                        response.status == http_status::kNotFound ||
                        response.status == http_status::kMethodNotAllowed;
  if (!is_usual) return error;
  const std::string advice = "name the repositories with --repo NAME";
  return {error.kind(), fmt::format("the registry gives no catalog: {}", error.what()),
          error.kind() == ErrorKind::kUnauthorized
              ? advice
              : advice + "; or is that not the address of a registry?"};
}

}  // namespace dkr
