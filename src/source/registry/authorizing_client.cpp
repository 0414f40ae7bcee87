#include "source/registry/authorizing_client.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "net/http_status.h"
#include "net/url.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxTokenBytes = std::size_t{1} << 20;
constexpr const char* kClientId = "dkr-ls";

const Challenge* find(const std::vector<Challenge>& challenges, std::string_view scheme) {
  const auto found = std::ranges::find(challenges, scheme, &Challenge::scheme);
  return found == challenges.end() ? nullptr : &*found;
}

std::optional<std::string> parameter(const Challenge& challenge, const std::string& name) {
  const auto found = challenge.parameters.find(name);
  if (found == challenge.parameters.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

std::vector<Challenge> challenges_of(const HttpResponse& response) {
  std::vector<Challenge> challenges;
  for (const auto& [name, value] : response.headers) {
    if (name != "www-authenticate") continue;
    for (Challenge& challenge : parse_challenges(value)) challenges.push_back(std::move(challenge));
  }
  return challenges;
}

/// Whether `text` is safe in a header. A token with a line break could inject headers.
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

AuthorizingClient::AuthorizingClient(std::string base_url, std::optional<Credentials> credentials,
                                     HttpClient& next, const Clock& clock)
    : base_url_(std::move(base_url)),
      credentials_(std::move(credentials)),
      next_(next),
      clock_(clock) {}

Task<HttpResponse> AuthorizingClient::send(HttpRequest request) {
  const auto header = co_await authorization(request.scope);
  HttpResponse response = co_await send_with(request, header);
  if (response.status != http_status::kUnauthorized) co_return response;
  auto other =
      co_await respond_to_challenge(challenges_of(response), request.url, request.scope, header);
  if (!other) co_return response;
  co_return co_await send_with(std::move(request), std::move(other));
}

Task<HttpResponse> AuthorizingClient::send_with(HttpRequest request,
                                                std::optional<std::string> authorization) {
  if (authorization) {
    request.headers.emplace_back("Authorization", std::move(*authorization));
  }
  co_return co_await next_.send(std::move(request));
}

/// The Authorization header for requests with `scope`; absent until the registry has asked for one.
Task<std::optional<std::string>> AuthorizingClient::authorization(std::string scope) {
  if (scheme_ == Scheme::kOpen) co_return std::nullopt;
  if (scheme_ == Scheme::kBasic) co_return basic_header();
  co_return co_await token(std::move(scope));
}

/// The Authorization header that responds to `challenges`, which came with a 401 for `url`.
/// `rejected` is the header that the request had. Absent when there is no other one to try.
Task<std::optional<std::string>> AuthorizingClient::respond_to_challenge(
    std::vector<Challenge> challenges, std::string url, std::string scope,
    std::optional<std::string> rejected) {
  if (const Challenge* bearer = find(challenges, "bearer")) {
    if (!use_token_service(*bearer, url)) {
      throw Error(ErrorKind::kUnauthorized,
                  "it names a token service with an invalid or non-https address",
                  "credentials are only sent over https, or to a registry that speaks http itself");
    }
    scheme_ = Scheme::kBearer;
    Grant& grant = grant_for(scope);
    if (const auto wanted = parameter(*bearer, "scope")) grant.scope = *wanted;
    if (grant.token) {
      // Another task may have renewed it while our request was in flight.
      const Pending pending = grant.token;
      const Token& current = co_await *pending;
      if (rejected == current.header && grant.token == pending) grant.token = nullptr;
    }
    std::string header = co_await token(std::move(scope));
    if (rejected == header) co_return std::nullopt;
    co_return header;
  }
  const bool can_answer =
      find(challenges, "basic") != nullptr && credentials_ && credentials_->identity_token.empty();
  if (!can_answer || rejected == basic_header()) co_return std::nullopt;
  scheme_ = Scheme::kBasic;
  co_return basic_header();
}

/// Stores the address of the token service, resolved against `url`; false if it is not acceptable.
bool AuthorizingClient::use_token_service(const Challenge& challenge, const std::string& url) {
  const auto realm = parameter(challenge, "realm");
  const auto resolved = realm ? resolve_url(url, *realm) : std::nullopt;
  const bool is_http_registry = base_url_.starts_with("http://");
  if (!resolved || (!resolved->starts_with("https://") && !is_http_registry)) return false;
  realm_ = *resolved;
  service_ = parameter(challenge, "service");
  return true;
}

AuthorizingClient::Grant& AuthorizingClient::grant_for(const std::string& scope) {
  return grants_.try_emplace(scope, Grant{scope, nullptr}).first->second;
}

/// The Authorization header with a valid token. Requests a token if necessary, but only once even
/// if several tasks need it.
Task<std::string> AuthorizingClient::token(std::string scope) {
  Grant& grant = grant_for(scope);
  while (grant.token) {
    const Pending pending = grant.token;
    const Token& current = co_await *pending;
    if (clock_.steady() < current.expiry) co_return current.header;
    if (grant.token == pending) grant.token = nullptr;
  }
  const auto pending = std::make_shared<Shared<Token>>();
  grant.token = pending;
  std::exception_ptr failure;
  try {
    Token fetched = co_await fetch_token(grant.scope);
    std::string header = fetched.header;
    pending->set(std::move(fetched));
    co_return header;
  } catch (...) {
    failure = std::current_exception();
  }
  pending->set_exception(failure);
  std::rethrow_exception(failure);
}

HttpRequest AuthorizingClient::token_request(const std::string& scope) const {
  HttpRequest request;
  request.url = realm_;
  request.max_body_bytes = kMaxTokenBytes;
  std::string query = fmt::format("scope={}", percent_encoded(scope));
  if (service_) query += "&service=" + percent_encoded(*service_);
  if (credentials_ && !credentials_->identity_token.empty()) {
    request.method = HttpMethod::kPost;
    request.form = fmt::format("grant_type=refresh_token&client_id={}&{}&refresh_token={}",
                               kClientId, query, percent_encoded(credentials_->identity_token));
    return request;
  }
  if (credentials_) query += "&account=" + percent_encoded(credentials_->user);
  request.url += (realm_.find('?') == std::string::npos ? "?" : "&") + query;
  return request;
}

Task<AuthorizingClient::Token> AuthorizingClient::fetch_token(std::string scope) {
  using std::chrono::seconds;
  constexpr std::int64_t kDefaultSeconds = 60;  // also the minimum, as in docker
  constexpr std::int64_t kMaxSeconds = 86'400;
  const std::string service = origin_of(realm_);
  const auto asked_at = clock_.steady();
  HttpRequest request = token_request(scope);
  std::optional<std::string> authorization;
  if (credentials_ && request.method == HttpMethod::kGet) authorization = basic_header();
  const HttpResponse response = co_await send_with(std::move(request), std::move(authorization));
  if (response.status != http_status::kOk) {
    throw Error(ErrorKind::kUnauthorized, fmt::format("no token from {} for {} (HTTP status {})",
                                                      service, scope, response.status));
  }
  std::string token;
  std::int64_t valid_seconds = kDefaultSeconds;
  try {
    const json::Document document(response.body);
    for (const char* key : {"token", "access_token"}) {  // the second one takes precedence
      const auto member = document.root().find(key);
      const auto text = member ? member->string() : std::nullopt;
      if (text && !text->empty()) token = *text;
    }
    if (const auto member = document.root().find("expires_in")) {
      valid_seconds = member->integer().value_or(kDefaultSeconds);
    }
  } catch (const Error&) {
    token.clear();  // the error may quote the response, which must not be shown
  }
  if (!is_token(token)) {
    throw Error(ErrorKind::kUnauthorized, fmt::format("{} gave no token for {}", service, scope));
  }
  tokens_.push_back(token);
  // Renewed at nine tenths of its lifetime, so that it does not expire in flight.
  const auto life = seconds(std::clamp(valid_seconds, kDefaultSeconds, kMaxSeconds));
  co_return Token{"Bearer " + token, asked_at + life * 9 / 10};
}

std::string AuthorizingClient::user_key() const {
  if (!credentials_) return "";
  return sha256_hex(credentials_->user + ":" + credentials_->identity_token);
}

bool AuthorizingClient::contains_secret(std::string_view text) const {
  const auto holds = [&](const std::string& secret) {
    return !secret.empty() && text.find(secret) != std::string_view::npos;
  };
  if (std::ranges::any_of(tokens_, holds)) return true;
  return credentials_ && (holds(credentials_->password) || holds(credentials_->identity_token) ||
                          holds(base64_encode(credentials_->user + ":" + credentials_->password)));
}

std::string AuthorizingClient::basic_header() const {
  if (!credentials_) return "";
  return "Basic " + base64_encode(credentials_->user + ":" + credentials_->password);
}

}  // namespace dkr
