// Authorizes requests to a registry, with basic credentials or with bearer tokens from its token
// service.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/masked_output.h"
#include "base/world.h"
#include "docker/credentials.h"
#include "net/header.h"
#include "net/http.h"
#include "net/shared.h"
#include "net/task.h"

namespace dkr {

/// Follows github.com/distribution/distribution, docs/spec/auth/token.md and oauth.md. With
/// credentials, the first request is preceded by one for /v2/, since registries may answer anybody,
/// but the user with more: if /v2/ answers with a challenge, credentials are sent from then on as
/// it asks, and if it answers 200, as a basic Authorization. Without credentials, nothing is sent
/// until the registry asks. A challenge applies to all requests of its kind (repositories, or the
/// catalog), with one token for each HttpRequest::scope. Credentials are only sent to the
/// registry's own origin and to the token service that it names, which must use https, or, if the
/// registry uses http, be on the same host. They are hidden in messages and in the log.
class AuthorizingClient final : public HttpClient {
 public:
  /// `base_url` is that of the registry. `next`, `clock` and `err` must outlive this object.
  AuthorizingClient(std::string base_url, std::optional<Credentials> credentials, HttpClient& next,
                    const Clock& clock, MaskedOutput& err);

  /// The response to `request`, whatever its status. It is a 401 when there are no credentials or
  /// the registry rejected them. A request to another origin is sent as it is. Throws Error
  /// kUnauthorized when the token service does not grant a token, kRefused when it has an
  /// unacceptable address, and what the wrapped client throws.
  Task<HttpResponse> send(HttpRequest request) override;

  [[nodiscard]] bool has_credentials() const { return credentials_.has_value(); }
  /// Whether the token service has granted any token.
  [[nodiscard]] bool has_token() const { return has_token_; }
  /// Identifies the user without revealing the name; empty without credentials.
  [[nodiscard]] std::string user_key() const;
  /// The same for these credentials of the user.
  [[nodiscard]] std::string credentials_key() const;

 private:
  enum class Scheme { kOpen, kBasic, kBearer };
  struct Token {
    std::string header;
    std::chrono::steady_clock::time_point expiry;
  };
  using Pending = std::shared_ptr<Shared<Token>>;
  /// A scope and its token.
  struct Grant {
    std::string scope;         // as the registry requested it
    Pending token;             // null when none has been requested
    bool is_accepted = false;  // whether the registry has accepted `token`
  };

  Task<HttpResponse> send_with(HttpRequest request, std::optional<std::string> authorization);
  void accept(const std::string& scope);
  Task<void> introduce();
  Task<Scheme> requested_scheme();
  [[nodiscard]] Scheme scheme_for(std::string_view scope) const;
  void set_scheme(std::string_view scope, Scheme scheme);
  Task<std::optional<std::string>> authorization(std::string scope);
  Task<std::optional<std::string>> respond_to_challenge(std::vector<Challenge> challenges,
                                                        std::string url, std::string scope,
                                                        std::optional<std::string> rejected);
  Grant& grant_for(const std::string& scope);
  Task<std::string> token(std::string scope);
  Task<Token> fetch_token(std::string scope);
  [[nodiscard]] HttpRequest token_request(const std::string& scope) const;
  [[nodiscard]] std::string basic_header() const;
  [[nodiscard]] bool has_password() const;
  bool use_token_service(const Challenge& challenge, const std::string& url);
  void hide(std::string_view secret);

  std::string base_url_;
  std::optional<Credentials> credentials_;
  HttpClient& next_;
  const Clock& clock_;
  MaskedOutput& err_;
  std::shared_ptr<Shared<Scheme>> introduction_;        // null until the registry has been asked
  Scheme default_scheme_ = Scheme::kOpen;               // of scopes whose kind has had no challenge
  std::map<std::string, Scheme, std::less<>> schemes_;  // by the kind of scope
  std::string realm_;
  std::optional<std::string> service_;
  std::map<std::string, Grant> grants_;  // by HttpRequest::scope
  bool has_token_ = false;
};

}  // namespace dkr
