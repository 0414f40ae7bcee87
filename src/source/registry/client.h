// Requests to one registry: authorised, redirected and tried again where that helps.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/log.h"
#include "base/world.h"
#include "net/http.h"
#include "net/rate_limiter.h"
#include "net/task.h"
#include "source/registry/address.h"
#include "source/registry/auth.h"

namespace dkr {

/// What to ask a registry for.
struct RegistryRequest {
  /// What the request is about, whose token it needs; empty for the catalog.
  std::string repository;
  /// Absolute, at the registry itself.
  std::string url;
  HttpMethod method = HttpMethod::kGet;
  std::string accept = {};  ///< empty: anything
  /// The digest that we know; the answer is 304 where it still is the one. Empty: none.
  std::string if_none_match = {};
  std::size_t max_body_bytes = kMaxBodyBytes;
};

class RegistryClient {
 public:
  /// Reads docker's configuration for credentials and certificates, which may throw Error
  /// kConfiguration. Gives a request up after `timeout` without progress (0: never). `client`,
  /// `world` and `log` must outlive this object.
  RegistryClient(RegistryAddress registry, std::chrono::seconds timeout, HttpClient& client,
                 const World& world, Log& log);

  /// The answer to `request`, whatever its status. Redirects are followed, without the
  /// authorization when they lead to another host. What fails for a reason that may pass is tried
  /// again; waiting for that is said in the log at WARNING. Throws Error as HttpClient::send()
  /// does, or kUnauthorized.
  Task<HttpResponse> send(RegistryRequest request);

  [[nodiscard]] const RegistryAddress& registry() const { return registry_; }
  [[nodiscard]] bool has_credentials() const { return auth_.has_credentials(); }
  /// Tells users of the registry apart without saying who they are; empty without credentials.
  [[nodiscard]] std::string user_key() const { return auth_.user_key(); }
  /// Whether `text` holds a password or a token of ours.
  [[nodiscard]] bool contains_secret(std::string_view text) const {
    return auth_.contains_secret(text);
  }
  /// Whether the registry's token service has given us a token.
  [[nodiscard]] bool has_token() const { return auth_.has_token(); }
  /// Whether there is any authority whose signature makes a certificate trusted.
  [[nodiscard]] bool has_ca_certificates() const;
  /// The version of HTTP that the registry speaks; absent as long as it has not answered.
  [[nodiscard]] std::optional<HttpVersion> version() const { return version_; }

 private:
  Task<HttpResponse> send_patiently(HttpRequest request, std::optional<std::string> authorization);
  Task<HttpResponse> send_redirected(HttpRequest request, std::optional<std::string> authorization);
  Task<HttpResponse> send_once(HttpRequest request);
  Task<HttpResponse> send_in_turn(HttpRequest request, std::optional<std::string> authorization);
  /// Sees to it that fewer requests are sent, and later; false when that has not helped.
  bool accept_refusal(const HttpResponse& response);
  /// How long to wait before the attempt after `failures` failed ones, which is logged; absent when
  /// there should be none.
  std::optional<std::chrono::milliseconds> pause(int failures, std::string_view cause);
  void tell(std::string_view cause, std::chrono::milliseconds wait);
  [[nodiscard]] double random();

  RegistryAddress registry_;
  std::chrono::seconds timeout_;
  HttpClient& client_;
  const World& world_;
  Log& log_;
  std::shared_ptr<const TlsSettings> tls_;
  std::shared_ptr<const TlsSettings> foreign_tls_;  // without our certificate, for other hosts
  RegistryAuth auth_;
  std::optional<HttpVersion> version_;
  Pace pace_;
  std::chrono::steady_clock::time_point told_until_;
  int refusals_ = 0;  // in a row
  std::minstd_rand random_;
};

}  // namespace dkr
