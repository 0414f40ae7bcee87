// Authorizes requests to a registry, with basic credentials or with bearer tokens from its token
// service.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/world.h"
#include "docker/credentials.h"
#include "net/header.h"
#include "net/http.h"
#include "net/shared.h"
#include "net/task.h"

namespace dkr {

/// Follows github.com/distribution/distribution, docs/spec/auth/token.md and oauth.md. No
/// credentials are sent until the registry asks for them. From then on, every request is
/// authorized, with one token for each HttpRequest::scope. Credentials are only sent to the
/// registry and to the token service that it names, which must use https unless the registry itself
/// uses http.
class AuthorizingClient final : public HttpClient {
 public:
  /// `base_url` is that of the registry. `next` and `clock` must outlive this object.
  AuthorizingClient(std::string base_url, std::optional<Credentials> credentials, HttpClient& next,
                    const Clock& clock);

  /// The response to `request`, whatever its status. It is a 401 when there are no credentials or
  /// the registry rejected them. Throws Error kUnauthorized when the token service does not grant a
  /// token or has an unacceptable address, and what the wrapped client throws.
  Task<HttpResponse> send(HttpRequest request) override;

  [[nodiscard]] bool has_credentials() const { return credentials_.has_value(); }
  /// Whether the token service has granted any token.
  [[nodiscard]] bool has_token() const { return !tokens_.empty(); }
  /// Identifies the user without revealing the name; empty without credentials.
  [[nodiscard]] std::string user_key() const;
  /// Whether `text` contains one of our passwords or tokens.
  [[nodiscard]] bool contains_secret(std::string_view text) const;

 private:
  struct Token {
    std::string header;
    std::chrono::steady_clock::time_point expiry;
  };
  using Pending = std::shared_ptr<Shared<Token>>;
  /// A scope and its token.
  struct Grant {
    std::string scope;  // as the registry requested it
    Pending token;      // null when none has been requested
  };

  Task<HttpResponse> send_with(HttpRequest request, std::optional<std::string> authorization);
  Task<std::optional<std::string>> authorization(std::string scope);
  Task<std::optional<std::string>> respond_to_challenge(std::vector<Challenge> challenges,
                                                        std::string url, std::string scope,
                                                        std::optional<std::string> rejected);
  Grant& grant_for(const std::string& scope);
  Task<std::string> token(std::string scope);
  Task<Token> fetch_token(std::string scope);
  [[nodiscard]] HttpRequest token_request(const std::string& scope) const;
  [[nodiscard]] std::string basic_header() const;
  bool use_token_service(const Challenge& challenge, const std::string& url);

  std::string base_url_;
  std::optional<Credentials> credentials_;
  HttpClient& next_;
  const Clock& clock_;
  enum class Scheme { kOpen, kBasic, kBearer } scheme_ = Scheme::kOpen;
  std::string realm_;
  std::optional<std::string> service_;
  std::map<std::string, Grant> grants_;  // by HttpRequest::scope
  std::vector<std::string> tokens_;      // all that were granted, including expired ones
};

}  // namespace dkr
