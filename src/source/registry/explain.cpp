#include "source/registry/explain.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "net/ca_certificates.h"

namespace dkr {
namespace {

std::string certificates_directory(const RegistryAddress& registry) {
  return fmt::format("/etc/docker/certs.d/{}/", registry.name);
}

std::string client_certificate_hint(const RegistryAddress& registry) {
  return fmt::format(
      "if the registry requires a client certificate, put NAME.cert and NAME.key into {}, in PEM",
      certificates_directory(registry));
}

/// What may help against a TLS error, by libcurl's and OpenSSL's words for its `cause`.
std::string untrusted_hint(const RegistryClient& client, std::string_view cause) {
  const auto says = [&](auto... words) {
    return (... || (cause.find(words) != std::string_view::npos));
  };
  const RegistryAddress& registry = client.registry();
  if (says("memory blob", "private key", "alert", "handshake failure")) {
    return client_certificate_hint(registry);
  }
  if (says("subject name")) return "is that the name in the registry's certificate?";
  if (says("expired", "not yet valid")) return "is the clock of this machine right?";
  if (!says("issuer", "self-signed", "self signed", "unable to verify")) return "";
  if (!client.has_ca_certificates()) return kNoCaCertificatesHint;
  return fmt::format("put the CA certificate that signed it into {}ca.crt",
                     certificates_directory(registry));
}

std::string address_hint(const RegistryAddress& registry) {
  return registry.base_url.starts_with("https:")
             ? "is that the address of a registry? One without TLS is --source registry:http://" +
                   registry.name
             : "is that the address of a registry? One with TLS is --source registry:https://" +
                   registry.name;
}

}  // namespace

Error explain(const Error& error, const RegistryClient& client) {
  const RegistryAddress& registry = client.registry();
  const auto explained = [&](std::string_view said, std::string hint) {
    return Error(error.kind(), fmt::format("{}{}", said, error.what()), std::move(hint));
  };
  const auto hint_or = [&](const std::string& hint) {
    return error.hint().empty() ? hint : error.hint();
  };
  const std::string at = registry.name + ": ";
  switch (error.kind()) {
    case ErrorKind::kUnreachable:
      return explained(
          fmt::format("cannot connect to the registry at {}", at),
          fmt::format("it was looked for at {}; is that the right address?", registry.base_url));
    case ErrorKind::kUntrusted:
      return explained(at + "no trusted connection: ",
                       hint_or(untrusted_hint(client, error.what())));
    case ErrorKind::kDisconnected:
      // With TLS 1.3, this is also how a registry refuses a client without a certificate.
      if (!registry.base_url.starts_with("https:")) break;
      return explained(at, hint_or(client_certificate_hint(registry)));
    case ErrorKind::kBusy:
      return explained(at, hint_or("try again later"));
    case ErrorKind::kTimedOut:
      return explained(at, kTimeoutHint);
    case ErrorKind::kUnauthorized:
      // With a token, the user is authenticated but lacks permission.
      if (client.has_token()) return explained(at, hint_or(login_advice(registry)));
      return explained(at + (client.has_credentials() ? "the credentials are not accepted: "
                                                      : "credentials are needed: "),
                       client.has_credentials() || error.hint().empty()
                           ? login_advice(registry)
                           : login_advice(registry) + "; or " + error.hint());
    default:
      break;
  }
  return explained(at, hint_or(address_hint(registry)));
}

std::string login_advice(const RegistryAddress& registry) {
  return "docker login " + registry.name;
}

}  // namespace dkr
