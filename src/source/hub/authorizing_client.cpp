#include "source/hub/authorizing_client.h"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "net/http_status.h"
#include "net/retry.h"
#include "net/url.h"
#include "source/hub/json_text.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxAnswerBytes = std::size_t{1} << 20;
constexpr int kServerErrors = 500;  // and above
constexpr const char* kLogin = "docker login docker.io";

Error not_accepted(std::string_view cause) {
  return {ErrorKind::kUnauthorized,
          fmt::format("Docker Hub does not accept the credentials: {}", cause), kLogin};
}

/// The access token in `body`, if it is one, and safe in a header.
std::optional<std::string> token_in(const std::string& body) {
  try {
    const json::Document document(body);
    const auto member = document.root().find("access_token");
    const auto token = member ? member->string() : std::nullopt;
    const auto is_safe = [](char c) { return c > ' ' && c < '\x7f'; };
    if (!token || token->empty() || !std::ranges::all_of(*token, is_safe)) return std::nullopt;
    return std::string(*token);
  } catch (const Error&) {
    return std::nullopt;  // the error may quote the answer, which must not be shown
  }
}

}  // namespace

HubAuthorizingClient::HubAuthorizingClient(std::optional<Credentials> credentials, HttpClient& next,
                                           MaskedOutput& err)
    : credentials_(std::move(credentials)), next_(next), err_(err) {
  if (!credentials_) return;
  hide(credentials_->password);
  hide(credentials_->identity_token);
}

/// Hides `secret` as it is, and as it appears in URLs and in JSON.
void HubAuthorizingClient::hide(std::string_view secret) {
  if (secret.empty()) return;
  err_.hide(secret);
  if (const std::string encoded = percent_encoded(secret); encoded != secret) err_.hide(encoded);
  const std::string json = json_string(secret);
  const std::string_view unquoted = std::string_view(json).substr(1, json.size() - 2);
  if (unquoted != secret) err_.hide(unquoted);
}

Task<HttpResponse> HubAuthorizingClient::send(HttpRequest request) {
  if (!credentials_ || origin_of(request.url) != origin_of(kHubApiUrl)) {
    co_return co_await next_.send(std::move(request));
  }
  const std::string header = co_await header_other_than("");
  HttpResponse response = co_await send_with(request, header);
  if (response.status == http_status::kUnauthorized) {
    std::string other = co_await header_other_than(header);
    if (other == header) co_return response;
    response = co_await send_with(std::move(request), std::move(other));
  }
  if (response.status != http_status::kUnauthorized) may_renew_ = true;
  co_return response;
}

Task<HttpResponse> HubAuthorizingClient::send_with(HttpRequest request, std::string header) {
  request.headers.emplace_back("Authorization", std::move(header));
  co_return co_await next_.send(std::move(request));
}

/// The Authorization header, renewed if it is `rejected` and may be too old.
Task<std::string> HubAuthorizingClient::header_other_than(std::string rejected) {
  while (const Pending pending = header_) {
    const std::string& header = co_await *pending;
    if (header != rejected) co_return header;
    if (header_ != pending) continue;  // another task has renewed it
    if (!may_renew_) co_return header;
    may_renew_ = false;
    header_ = nullptr;
  }
  const auto pending = std::make_shared<Shared<std::string>>();
  header_ = pending;
  std::exception_ptr failure;
  try {
    std::string header = co_await fetch_header();
    pending->set(header);
    co_return header;
  } catch (...) {
    failure = std::current_exception();
  }
  pending->set_exception(failure);
  std::rethrow_exception(failure);
}

Task<std::string> HubAuthorizingClient::fetch_header() {
  if (!credentials_->identity_token.empty()) {
    throw Error(
        ErrorKind::kUnauthorized,
        "docker's credentials for Docker Hub are an identity token, which hub.docker.com does "
        "not accept",
        "docker login docker.io --username USER, with a password or a personal access token; or, "
        "for repositories that --repo names, --exact");
  }
  HttpRequest request;
  request.method = HttpMethod::kPost;
  request.url = fmt::format("{}/v2/auth/token", kHubApiUrl);
  request.content_type = "application/json";
  request.body = fmt::format(R"({{"identifier":{},"secret":{}}})", json_string(credentials_->user),
                             json_string(credentials_->password));
  request.max_body_bytes = kMaxAnswerBytes;
  const HttpResponse response = co_await next_.send(std::move(request));
  if (response.status >= kServerErrors || is_transient(response.status)) {
    throw Error(ErrorKind::kBusy, fmt::format("no token now: HTTP status {}", response.status));
  }
  if (response.status != http_status::kOk) {
    throw not_accepted(fmt::format("HTTP status {}", response.status));
  }
  const auto token = token_in(response.body);
  if (!token) throw not_accepted("it gave no token for them");
  hide(*token);
  has_token_ = true;
  co_return "Bearer " + *token;
}

std::string HubAuthorizingClient::credentials_key() const {
  return credentials_ ? dkr::credentials_key(*credentials_) : "";
}

}  // namespace dkr
