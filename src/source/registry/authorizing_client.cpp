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

/// `repository` for `repository:team/app:pull`.
std::string_view kind_of_scope(std::string_view scope) { return scope.substr(0, scope.find(':')); }

/// Whether `text` is safe in a header. A token with a line break could inject headers.
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

AuthorizingClient::AuthorizingClient(std::string base_url, std::optional<Credentials> credentials,
                                     HttpClient& next, const Clock& clock, MaskedOutput& err)
    : base_url_(std::move(base_url)),
      credentials_(std::move(credentials)),
      next_(next),
      clock_(clock),
      err_(err) {
  if (!credentials_) return;
  hide(credentials_->password);
  hide(credentials_->identity_token);
  if (has_password()) err_.hide(base64_encode(credentials_->user + ":" + credentials_->password));
}

/// Hides `secret` as it is and as it appears in URLs and forms.
void AuthorizingClient::hide(std::string_view secret) {
  err_.hide(secret);
  if (const std::string encoded = percent_encoded(secret); encoded != secret) err_.hide(encoded);
}

Task<HttpResponse> AuthorizingClient::send(HttpRequest request) {
  if (origin_of(request.url) != origin_of(base_url_)) {
    request.url_secrecy = UrlSecrecy::kSecret;
    co_return co_await next_.send(std::move(request));
  }
  if (credentials_) co_await introduce();
  const auto header = co_await authorization(request.scope);
  HttpResponse response = co_await send_with(request, header);
  if (response.status != http_status::kUnauthorized) {
    accept(request.scope);
    co_return response;
  }
  auto other =
      co_await respond_to_challenge(challenges_of(response), request.url, request.scope, header);
  if (!other) co_return response;
  response = co_await send_with(request, std::move(other));
  if (response.status != http_status::kUnauthorized) accept(request.scope);
  co_return response;
}

/// Remembers that the registry has accepted the token for `scope`, if there is one.
void AuthorizingClient::accept(const std::string& scope) {
  const auto grant = grants_.find(scope);
  if (grant != grants_.end()) grant->second.is_accepted = true;
}

Task<HttpResponse> AuthorizingClient::send_with(HttpRequest request,
                                                std::optional<std::string> authorization) {
  if (authorization) {
    request.headers.emplace_back("Authorization", std::move(*authorization));
  }
  co_return co_await next_.send(std::move(request));
}

/// Asks the registry how it wants credentials, but only once even if several tasks need to know.
Task<void> AuthorizingClient::introduce() {
  if (const auto pending = introduction_) {
    (void)co_await *pending;
    co_return;
  }
  const auto pending = std::make_shared<Shared<Scheme>>();
  introduction_ = pending;
  std::exception_ptr failure;
  try {
    default_scheme_ = co_await requested_scheme();
    pending->set(default_scheme_);
    co_return;
  } catch (...) {
    failure = std::current_exception();
  }
  pending->set_exception(failure);
  std::rethrow_exception(failure);
}

Task<AuthorizingClient::Scheme> AuthorizingClient::requested_scheme() {
  HttpRequest request;
  request.url = base_url_ + "/v2/";
  request.max_body_bytes = kMaxTokenBytes;
  const std::string url = request.url;
  HttpResponse response;
  try {
    response = co_await next_.send(std::move(request));
  } catch (const Error& error) {
    // It says nothing about other requests when only this one is redirected to a login page.
    const bool is_answer =
        error.kind() == ErrorKind::kRefused || error.kind() == ErrorKind::kTooLarge;
    if (!is_answer) throw;
    co_return Scheme::kOpen;
  }
  const bool is_registry = response.url.empty() || origin_of(response.url) == origin_of(base_url_);
  if (!is_registry) co_return Scheme::kOpen;
  if (response.status == http_status::kOk && has_password()) co_return Scheme::kBasic;
  if (response.status != http_status::kUnauthorized) co_return Scheme::kOpen;
  const std::vector<Challenge> challenges = challenges_of(response);
  if (const Challenge* bearer = find(challenges, "bearer")) {
    (void)use_token_service(*bearer, url);
    co_return Scheme::kBearer;
  }
  const bool is_basic = find(challenges, "basic") != nullptr && has_password();
  co_return is_basic ? Scheme::kBasic : Scheme::kOpen;
}

AuthorizingClient::Scheme AuthorizingClient::scheme_for(std::string_view scope) const {
  const auto found = schemes_.find(kind_of_scope(scope));
  return found == schemes_.end() ? default_scheme_ : found->second;
}

void AuthorizingClient::set_scheme(std::string_view scope, Scheme scheme) {
  schemes_.insert_or_assign(std::string(kind_of_scope(scope)), scheme);
  if (default_scheme_ == Scheme::kOpen) default_scheme_ = scheme;
}

/// The Authorization header for requests with `scope`; absent until the registry has asked for one.
Task<std::optional<std::string>> AuthorizingClient::authorization(std::string scope) {
  const Scheme scheme = scheme_for(scope);
  if (scheme == Scheme::kOpen) co_return std::nullopt;
  if (scheme == Scheme::kBasic) co_return basic_header();
  co_return co_await token(std::move(scope));
}

/// The Authorization header that responds to `challenges`, which came with a 401 for `url`.
/// `rejected` is the header that the request had. Absent when there is no other one to try.
Task<std::optional<std::string>> AuthorizingClient::respond_to_challenge(
    std::vector<Challenge> challenges, std::string url, std::string scope,
    std::optional<std::string> rejected) {
  if (const Challenge* bearer = find(challenges, "bearer")) {
    bool is_new = use_token_service(*bearer, url);
    set_scheme(scope, Scheme::kBearer);
    Grant& grant = grant_for(scope);
    if (const auto wanted = parameter(*bearer, "scope")) {
      is_new = std::exchange(grant.scope, *wanted) != *wanted || is_new;
    }
    if (grant.token) {
      // Another task may have renewed it while our request was in flight.
      const Pending pending = grant.token;
      const Token& current = co_await *pending;
      if (rejected == current.header && grant.token == pending) {
        // Another token would be just as good, unless this one was accepted before, and is too old.
        if (!is_new && !grant.is_accepted) co_return std::nullopt;
        grant.token = nullptr;
      }
    }
    std::string header = co_await token(std::move(scope));
    if (rejected == header) co_return std::nullopt;
    co_return header;
  }
  const bool can_answer = find(challenges, "basic") != nullptr && has_password();
  if (!can_answer || rejected == basic_header()) co_return std::nullopt;
  set_scheme(scope, Scheme::kBasic);
  co_return basic_header();
}

bool AuthorizingClient::has_password() const {
  return credentials_ && credentials_->identity_token.empty();
}

/// Stores the address of the token service, resolved against `url`. Returns whether it is another
/// one than before. Throws Error kRefused when it is not acceptable.
bool AuthorizingClient::use_token_service(const Challenge& challenge, const std::string& url) {
  const auto realm = parameter(challenge, "realm");
  const auto resolved = realm ? resolve_url(url, *realm) : std::nullopt;
  const bool is_http_registry = base_url_.starts_with("http://");
  const bool is_same_host = resolved && host_of(*resolved) == host_of(base_url_);
  const bool is_safe = resolved && (resolved->starts_with("https://") ||
                                    (is_http_registry && (is_same_host || !credentials_)));
  if (!is_safe) {
    throw Error(ErrorKind::kRefused,
                "it names a token service with an invalid or non-https address",
                "credentials are only sent over https, or over http to the host of a registry that "
                "speaks http itself");
  }
  auto service = parameter(challenge, "service");
  const bool is_new = realm_ != *resolved || service_ != service;
  realm_ = *resolved;
  service_ = std::move(service);
  return is_new;
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
  grant.is_accepted = false;
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
    request.body = fmt::format("grant_type=refresh_token&client_id={}&{}&refresh_token={}",
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
  has_token_ = true;
  hide(token);
  // Renewed at nine tenths of its lifetime, so that it does not expire in flight.
  const auto life = seconds(std::clamp(valid_seconds, kDefaultSeconds, kMaxSeconds));
  co_return Token{"Bearer " + token, asked_at + life * 9 / 10};
}

std::string AuthorizingClient::user_key() const {
  if (!credentials_) return "";
  return sha256_hex(credentials_->user + ":" + credentials_->identity_token);
}

std::string AuthorizingClient::credentials_key() const {
  return credentials_ ? dkr::credentials_key(*credentials_) : "";
}

std::string AuthorizingClient::basic_header() const {
  if (!credentials_) return "";
  return "Basic " + base64_encode(credentials_->user + ":" + credentials_->password);
}

}  // namespace dkr
