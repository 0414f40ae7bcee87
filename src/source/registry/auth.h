// Authorization at a registry: basic credentials, or bearer tokens from its token service.
#pragma once

#include <chrono>
#include <functional>
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
#include "source/registry/address.h"

namespace dkr {

/// Follows github.com/distribution/distribution, docs/spec/auth/token.md and oauth.md. Nothing is
/// sent before the registry has asked for it once; from then on every request carries what it asked
/// for, with one token for each repository.
class RegistryAuth {
 public:
  /// How token services are asked: a request, and the Authorization header for its host, if any.
  using Send = std::function<Task<HttpResponse>(HttpRequest, std::optional<std::string>)>;

  /// `clock` must outlive this object.
  RegistryAuth(RegistryAddress registry, std::optional<Credentials> credentials, Send send,
               const Clock& clock);

  /// The Authorization header for requests about `repository`, empty for the catalog; absent as
  /// long as the registry has not asked for any. Throws Error kUnauthorized when no token is given,
  /// or what Send throws.
  Task<std::optional<std::string>> authorization(std::string repository);

  /// The header that answers the challenges of `response`, a 401 to a request for `url` that
  /// carried `rejected`; absent when there is no other one to try. Throws as authorization() does.
  Task<std::optional<std::string>> answer(const HttpResponse& response, std::string url,
                                          std::string repository,
                                          std::optional<std::string> rejected);

  [[nodiscard]] bool has_credentials() const { return credentials_.has_value(); }
  [[nodiscard]] bool has_token() const { return !tokens_.empty(); }
  /// Tells users of the registry apart without saying who they are; empty without credentials.
  [[nodiscard]] std::string user_key() const;
  /// Whether `text` holds a password or a token of ours.
  [[nodiscard]] bool contains_secret(std::string_view text) const;

 private:
  struct Token {
    std::string header;
    std::chrono::steady_clock::time_point expiry;
  };
  using Pending = std::shared_ptr<Shared<Token>>;
  /// What is allowed with one token.
  struct Grant {
    std::string scope;
    Pending token;  // null when none was asked for
  };

  Grant& grant_for(const std::string& repository);
  Task<std::string> token(std::string repository);
  Task<Token> fetch_token(std::string scope);
  [[nodiscard]] HttpRequest token_request(const std::string& scope) const;
  [[nodiscard]] std::string basic_header() const;
  /// Takes note of where tokens come from, as seen from `url`; false when that cannot be trusted.
  bool use_token_service(const Challenge& challenge, const std::string& url);

  RegistryAddress registry_;
  std::optional<Credentials> credentials_;
  Send send_;
  const Clock& clock_;
  enum class Scheme { kOpen, kBasic, kBearer } scheme_ = Scheme::kOpen;
  std::string realm_;
  std::optional<std::string> service_;
  std::map<std::string, Grant> grants_;  // by repository
  std::vector<std::string> tokens_;      // that were given to us, good or expired
};

}  // namespace dkr
