#include "source/engine/engine.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "model/reference.h"
#include "net/ca_certificates.h"
#include "net/http_status.h"
#include "net/proxy.h"
#include "source/engine/container_list.h"
#include "source/engine/disk_usage.h"
#include "source/engine/explain.h"
#include "source/engine/image_list.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxMessageBytes = 300;
/// How long ssh may take until the engine can answer, if it asks the user for a password: 30
/// seconds to connect, and the two minutes that sshd gives for logging in (LoginGraceTime).
constexpr std::chrono::seconds kMaxLoginTime{150};

/// Whether the engine may have refused the path because it has no version.
bool refuses_path(const HttpResponse& response) {
  return response.status == http_status::kBadRequest ||
         response.status == http_status::kForbidden || response.status == http_status::kNotFound ||
         response.status == http_status::kMethodNotAllowed;
}

bool is_api_version(std::string_view text) {
  return !text.empty() && text.size() <= 10 &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}

/// The engine's own error message: from `{"message": ...}`, or the first line of plain text.
std::string daemon_message(const HttpResponse& response) {
  if (response.body.size() > kMaxErrorBytes) return "";
  try {
    const json::Document document(response.body);
    if (const auto message = document.root().find_field("message"); message && message->string()) {
      return excerpt(*message->string(), kMaxMessageBytes);
    }
  } catch (const Error&) {
    if (response.header("content-type").value_or("text/plain").starts_with("text/plain")) {
      return excerpt(response.body, kMaxMessageBytes);
    }
  }
  return "";
}

/// Since API 1.42. Podman speaks 1.41, and says 0 whatever is shared.
bool tells_shared_sizes(const std::optional<std::string>& api_version) {
  constexpr std::pair kFirst(1, 42);
  if (!api_version) return false;
  std::pair version(0, 0);
  const char* const end = api_version->data() + api_version->size();
  const char* const dot = std::from_chars(api_version->data(), end, version.first).ptr;
  if (dot != end) (void)std::from_chars(dot + 1, end, version.second);
  return version >= kFirst;
}

void forget_shared_sizes(Listing& listing) {
  for (Image& image : listing.images) image.shared_size = -1;
}

Error refusal(const HttpResponse& response) {
  const std::string message = daemon_message(response);
  const bool wants_tls = message.find("HTTP request to an HTTPS server") != std::string::npos;
  return {ErrorKind::kRefused,
          fmt::format("error response from daemon: {} (HTTP status {})",
                      message.empty() ? "no message" : message, response.status),
          wants_tls ? "the engine speaks TLS: set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the "
                      "directory of ca.pem, cert.pem and key.pem, or use a context that has them"
                    : "the engine's own log may say why; --log-level DEBUG shows what was asked"};
}

}  // namespace

Engine::Engine(Endpoint endpoint, std::chrono::seconds timeout, HttpClient& client,
               const World& world, Log& log)
    : endpoint_(std::move(endpoint)),
      ssh_(endpoint_.ssh ? std::make_shared<SshDialer>(*endpoint_.ssh, world.programs, log)
                         : nullptr),
      timeout_(timeout),
      client_(client),
      world_(world),
      log_(log) {}

Task<Listing> Engine::list(Query query) {
  const bool needs_manifests = query.platforms == Platforms::kAll || query.filter.unused;
  const bool needs_usage = query.content == Content::kBlobs;
  std::vector<std::string_view> parameters;
  if (needs_manifests) parameters.emplace_back("manifests=1");
  if (needs_usage) parameters.emplace_back("shared-size=1");
  try {
    const std::string images = co_await get_body(
        fmt::format("/images/json{}{}", parameters.empty() ? "" : "?", fmt::join(parameters, "&")));
    std::unordered_set<Digest> in_use;
    if (query.filter.unused) {
      // After the images, so that a container that is started meanwhile counts.
      const std::string containers = co_await get_body("/containers/json?all=1");
      in_use = images_in_use(containers);
    }
    Listing listing =
        parse_engine_images(images, endpoint_.address, query.detail, query.platforms, in_use);
    if (needs_usage) {
      const auto version = co_await api_version();
      if (!tells_shared_sizes(version)) forget_shared_sizes(listing);
      if (is_empty(query.filter)) co_await read_usage(listing);
    }
    co_return listing;
  } catch (const Error& error) {
    throw explain(error, endpoint_, has_answered_ ? Answered::kYes : Answered::kNo, world_);
  }
}

/// Adds what all images together take. A failure to tell it is one of the listing.
Task<void> Engine::read_usage(Listing& listing) {
  try {
    const std::string usage = co_await get_body("/system/df?type=image");
    listing.total_size = read_total_size(usage);
  } catch (const Error& error) {
    listing.failures.push_back(
        {fmt::format("{}: disk usage: {}", endpoint_.address, error.what())});
  }
}

std::string Engine::displayed_name(std::string_view repository) const {
  return familiar_name(repository);
}

Task<RepositoryListing> Engine::repositories() {
  Query everything;  // a variable, since g++ 12 destroys temporary aggregates in co_await twice
  Listing listing = co_await list(std::move(everything));
  co_return RepositoryListing{dkr::repositories(listing), std::move(listing.failures)};
}

Task<std::string> Engine::get_body(std::string path) {
  HttpResponse response = co_await get(path);
  if (refuses_path(response)) {
    const auto version = co_await api_version();
    if (version) response = co_await get(fmt::format("/v{}{}", *version, path));
  }
  if (response.status != http_status::kOk) throw refusal(response);
  co_return std::move(response.body);
}

Task<std::optional<std::string>> Engine::api_version() {
  const HttpResponse response = co_await get("/_ping");
  const auto version = response.header("api-version");
  if (!version || !is_api_version(*version)) co_return std::nullopt;
  log_.debug("engine {}: newest API version {}", endpoint_.address, *version);
  co_return std::string(*version);
}

Task<HttpResponse> Engine::get(std::string path) {
  HttpRequest request;
  request.url = endpoint_.base_url + path;
  request.headers = endpoint_.headers;
  request.peer.unix_socket = endpoint_.unix_socket;
  request.peer.proxy = find_proxy(request.url, world_.environment);
  if (endpoint_.tls) {
    request.peer.tls = endpoint_.tls->settings;
  } else if (request.peer.proxy.starts_with("https:")) {
    const CaCertificates trusted = find_ca_certificates(world_.environment, world_.files);
    TlsSettings tls;
    tls.ca_file = trusted.file;
    tls.ca_directory = trusted.directory;
    request.peer.tls = std::make_shared<const TlsSettings>(std::move(tls));
  }
  request.peer.stall_timeout = timeout_;
  if (ssh_) co_return co_await send_through_ssh(std::move(request));
  HttpResponse response = co_await client_.send(std::move(request));
  has_answered_ = true;
  co_return response;
}

Task<HttpResponse> Engine::send_through_ssh(HttpRequest request) {
  request.peer.dialer = ssh_;
  if (!has_answered_ && timeout_.count() > 0 && world_.programs.can_ask_user()) {
    request.peer.stall_timeout += kMaxLoginTime;
  }
  std::optional<Error> failure;
  try {
    HttpResponse response = co_await client_.send(std::move(request));
    has_answered_ = true;
    co_return response;
  } catch (const Error& error) {
    failure = error;
  }
  if (failure->kind() == ErrorKind::kDisconnected) {
    auto cause = co_await ssh_->failure(world_.loop);
    if (cause) throw std::move(*cause);
  }
  throw std::move(*failure);
}

}  // namespace dkr
