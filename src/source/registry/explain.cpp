#include "source/registry/explain.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "net/ca_certificates.h"

namespace dkr {
namespace {

std::string untrusted_hint(const RegistryClient& client) {
  if (!client.has_ca_certificates()) return kNoCaCertificatesHint;
  return fmt::format("put the CA certificate that signed it into /etc/docker/certs.d/{}/ca.crt",
                     client.registry().name);
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
      return explained(at + "no trusted connection: ", hint_or(untrusted_hint(client)));
    case ErrorKind::kBusy:
      return explained(at, hint_or("try again later"));
    case ErrorKind::kTimedOut:
      return explained(at, kTimeoutHint);
    case ErrorKind::kUnauthorized:
      // With a token, the user is authenticated but lacks permission.
      if (client.has_token()) return explained(at, hint_or(login_advice(registry)));
      return explained(at + (client.has_credentials() ? "the credentials are not accepted: "
                                                      : "credentials are needed: "),
                       login_advice(registry));
    default:
      return explained(at, hint_or(address_hint(registry)));
  }
}

std::string login_advice(const RegistryAddress& registry) {
  return "docker login " + registry.name;
}

}  // namespace dkr
