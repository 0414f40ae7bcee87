#include "source/registry/client.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "docker/certificates.h"
#include "net/proxy.h"
#include "net/retry.h"
#include "net/url.h"

namespace dkr {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr int kMostAttempts = 5;
constexpr int kMostRedirects = 5;
constexpr int kUnauthorizedStatus = 401;
constexpr int kTooManyRequests = 429;
/// Who is told to come back later than this has to be told so.
constexpr std::chrono::minutes kLongestPause{5};

/// Whether the registry wants fewer requests, and not only this one later.
bool is_refusal(const HttpResponse& response) {
  return response.status == kTooManyRequests ||
         (is_transient(response.status) && response.header("retry-after"));
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// What an error of another host, which the registry works with, is to the registry's users.
ErrorKind kind_elsewhere(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kDisconnected:
      return kind;
    case ErrorKind::kTooLarge:
    case ErrorKind::kMalformed:
      return ErrorKind::kRefused;
    default:
      return ErrorKind::kBusy;
  }
}

std::shared_ptr<const TlsSettings> without_certificate(
    const std::shared_ptr<const TlsSettings>& settings) {
  TlsSettings others = *settings;
  others.certificate.clear();
  others.key.clear();
  return std::make_shared<const TlsSettings>(std::move(others));
}

}  // namespace

RegistryClient::RegistryClient(RegistryAddress registry, std::chrono::seconds timeout,
                               HttpClient& client, const World& world, Log& log)
    : registry_(std::move(registry)),
      timeout_(timeout),
      client_(client),
      world_(world),
      log_(log),
      tls_(find_certificates(registry_.name, world.environment, world.files)),
      foreign_tls_(without_certificate(tls_)),
      auth_(
          registry_, find_credentials(registry_.name, world, log),
          [this](HttpRequest request, std::optional<std::string> authorization) {
            return send_patiently(std::move(request), std::move(authorization));
          },
          world.clock),
      random_(static_cast<std::minstd_rand::result_type>(
          world.clock.steady().time_since_epoch().count())) {}

Task<HttpResponse> RegistryClient::send(RegistryRequest request) {
  HttpRequest http;
  http.method = request.method;
  http.url = request.url;
  http.max_body_bytes = request.max_body_bytes;
  if (!request.accept.empty()) http.headers.emplace_back("Accept", request.accept);
  if (!request.if_none_match.empty()) {
    http.headers.emplace_back("If-None-Match", fmt::format("\"{}\"", request.if_none_match));
  }
  auto authorization = co_await auth_.authorization(request.repository);
  HttpResponse response = co_await send_patiently(http, authorization);
  if (response.status != kUnauthorizedStatus) co_return response;
  auto other = co_await auth_.answer(response, request.url, request.repository, authorization);
  if (!other) co_return response;
  co_return co_await send_patiently(std::move(http), std::move(other));
}

Task<HttpResponse> RegistryClient::send_patiently(HttpRequest request,
                                                  std::optional<std::string> authorization) {
  for (int failures = 0;;) {
    std::optional<milliseconds> wait;
    try {
      HttpResponse response = co_await send_in_turn(request, authorization);
      if (is_refusal(response)) {
        if (!accept_refusal(response)) co_return response;
        continue;  // in turn, which is later now
      }
      if (is_transient(response.status)) {
        wait = pause(++failures, fmt::format("answered with HTTP status {}", response.status));
      }
      if (!wait) co_return response;
    } catch (const Error& error) {
      const bool is_cut_off = error.kind() == ErrorKind::kDisconnected;
      if (is_cut_off) wait = pause(++failures, "closed the connection");
      if (!wait) throw;
      request.connection = Connection::kNew;
    }
    co_await client_.sleep(*wait);
  }
}

/// When the registry wants to be asked again, and no faster than it wants.
Task<HttpResponse> RegistryClient::send_in_turn(HttpRequest request,
                                                std::optional<std::string> authorization) {
  do {
    const auto now = world_.clock.steady();
    const auto turn = pace_.reserve(now);
    if (turn > now) co_await client_.sleep(std::chrono::ceil<milliseconds>(turn - now));
  } while (pace_.is_closed(world_.clock.steady()));
  HttpResponse response = co_await send_redirected(std::move(request), std::move(authorization));
  if (!is_transient(response.status)) {
    refusals_ = 0;
    pace_.note_answer();
  }
  co_return response;
}

bool RegistryClient::accept_refusal(const HttpResponse& response) {
  const auto now = world_.clock.steady();
  const auto asked = retry_after(response, world_.clock.now());
  if (asked > kLongestPause) return false;
  // All that were on their way at that time are refused for one and the same reason.
  if (pace_.is_closed(now)) return true;
  if (++refusals_ >= kMostAttempts) return false;
  const milliseconds wait =
      std::max(back_off(refusals_, random()), milliseconds(asked.value_or(seconds(0))));
  pace_.note_refusal(now, wait);
  tell(fmt::format("HTTP status {}, too many requests", response.status), wait);
  return true;
}

std::optional<milliseconds> RegistryClient::pause(int failures, std::string_view cause) {
  if (failures == kMostAttempts) return std::nullopt;
  const auto wait = back_off(failures, random());
  tell(cause, wait);
  return wait;
}

Task<HttpResponse> RegistryClient::send_redirected(HttpRequest request,
                                                   std::optional<std::string> authorization) {
  const std::string home = origin_of(request.url);
  const auto headers = request.headers;
  for (int redirects = 0;; ++redirects) {
    const bool is_home = origin_of(request.url) == home;
    request.headers = headers;
    if (authorization && is_home) request.headers.emplace_back("Authorization", *authorization);
    request.url_secrecy = is_home ? UrlSecrecy::kOpen : UrlSecrecy::kSecret;
    HttpResponse response = co_await send_once(request);
    const auto location = response.header("location");
    if (response.status == kUnauthorizedStatus && !is_home) {
      throw Error(ErrorKind::kRefused, "it redirects to a host that wants credentials");
    }
    if (!is_redirect(response.status) || !location || request.method == HttpMethod::kPost) {
      co_return response;
    }
    const bool is_address = !location->empty() && !location->starts_with(':');
    auto target = is_address ? resolve_url(request.url, std::string(*location)) : std::nullopt;
    const bool loses_tls =
        request.url.starts_with("https:") && target && target->starts_with("http:");
    if (!target || loses_tls) {
      throw Error(ErrorKind::kRefused, "it redirects to an address that is none, or not https");
    }
    if (redirects == kMostRedirects) throw Error(ErrorKind::kRefused, "it redirects without end");
    request.url = std::move(*target);
  }
}

Task<HttpResponse> RegistryClient::send_once(HttpRequest request) {
  const bool is_ours = origin_of(request.url) == origin_of(registry_.base_url);
  request.proxy = find_proxy(request.url, world_.environment);
  request.stall_timeout = timeout_;
  request.tls = is_ours ? tls_ : foreign_tls_;
  request.headers.emplace_back("User-Agent", "dkr-ls");
  const std::string origin = origin_of(request.url);
  try {
    HttpResponse response = co_await client_.send(std::move(request));
    if (is_ours) version_ = response.version;
    co_return response;
  } catch (const Error& error) {
    if (is_ours) throw;
    // Advice about the registry would be wrong for the host that it has sent us to.
    throw Error(kind_elsewhere(error.kind()),
                fmt::format("{}, where the registry sends us: {}", origin, error.what()),
                "the registry works only together with that host");
  }
}

bool RegistryClient::has_ca_certificates() const {
  return !tls_->ca_file.empty() || !tls_->ca_directory.empty() || !tls_->ca_certificates.empty();
}

/// One line for all that wait for the same reason at the same time.
void RegistryClient::tell(std::string_view cause, milliseconds wait) {
  const auto now = world_.clock.steady();
  const auto level = now < told_until_ ? LogLevel::kDebug : LogLevel::kWarning;
  if (level == LogLevel::kWarning) told_until_ = now + std::max(wait, milliseconds(seconds(1)));
  log_.log(level, "{}: {}; waiting {:.1f} s before asking again", registry_.name, cause,
           std::chrono::duration<double>(wait).count());
}

double RegistryClient::random() { return std::generate_canonical<double, 32>(random_); }

}  // namespace dkr
