// Authorizes requests to hub.docker.com with docker's credentials for Docker Hub
// (docs.docker.com/reference/api/hub/latest, authentication).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/masked_output.h"
#include "docker/credentials.h"
#include "net/http.h"
#include "net/shared.h"
#include "net/task.h"

namespace dkr {

/// The origin of Docker Hub's own API.
inline constexpr const char* kHubApiUrl = "https://hub.docker.com";

/// Exchanges the credentials for a token before the first request, once for all requests, and sends
/// that with each. A token that is rejected may be too old: it is renewed, but only once until one
/// is accepted. Credentials and tokens are sent to kHubApiUrl alone, and hidden in messages and in
/// the log. Without credentials, nothing is sent.
class HubAuthorizingClient final : public HttpClient {
 public:
  /// `next` and `err` must outlive this object.
  HubAuthorizingClient(std::optional<Credentials> credentials, HttpClient& next, MaskedOutput& err);

  /// The response to `request`, whatever its status. Throws Error kUnauthorized when no token is
  /// given for the credentials, then for every request, kBusy when none can be had now, and what
  /// the wrapped client throws.
  Task<HttpResponse> send(HttpRequest request) override;

  [[nodiscard]] bool has_credentials() const { return credentials_.has_value(); }
  /// Whether a token has been given for them.
  [[nodiscard]] bool has_token() const { return has_token_; }
  /// Identifies the credentials without revealing them; empty without any.
  [[nodiscard]] std::string credentials_key() const;

 private:
  using Pending = std::shared_ptr<Shared<std::string>>;

  Task<HttpResponse> send_with(HttpRequest request, std::string header);
  Task<std::string> header_other_than(std::string rejected);
  Task<std::string> fetch_header();
  void hide(std::string_view secret);

  std::optional<Credentials> credentials_;
  HttpClient& next_;
  MaskedOutput& err_;
  Pending header_;  // the Authorization; null before the first request
  bool has_token_ = false;
  bool may_renew_ = true;  // whether a token was accepted since the latest renewal
};

}  // namespace dkr
