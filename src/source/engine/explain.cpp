#include "source/engine/explain.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "docker/other_engines.h"
#include "net/ca_certificates.h"
#include "net/http.h"

namespace dkr {
namespace {

/// Whether `text` contains one of the words.
template <typename... Words>
bool says(std::string_view text, Words... words) {
  return (... || (text.find(words) != std::string_view::npos));
}

std::string others_hint(const Endpoint& endpoint, const World& world) {
  const std::string advice = advice_on(other_engines(world, endpoint.address), endpoint.naming);
  if (!advice.empty()) return "; " + advice;
  return endpoint.naming == EngineNaming::kFlags
             ? "; name another one with --host or --context"
             : "; name another one as docker:CONTEXT or docker:HOST";
}

Error unreachable(const Error& error, const Endpoint& endpoint, const World& world) {
  return {error.kind(),
          fmt::format("Cannot connect to the Docker daemon at {}. Is the docker daemon running?",
                      endpoint.address),
          fmt::format("{}; the address was chosen by {}{}", error.what(), endpoint.chosen_by,
                      others_hint(endpoint, world))};
}

Error forbidden(const Error& error, const Endpoint& endpoint, const World& world) {
  std::string hint = "this machine's rules forbid the connection: a firewall or a sandbox";
  if (endpoint.unix_socket) {
    const std::string advice = advice_on(other_engines(world, endpoint.address), endpoint.naming);
    hint = fmt::format(
        "become a member of the group that owns the socket, usually docker, or run as root{}{}",
        advice.empty() ? "" : "; ", advice);
  }
  return {
      error.kind(),
      fmt::format("permission denied while trying to connect to the Docker daemon socket at {}: "
                  "{}",
                  endpoint.address, error.what()),
      std::move(hint)};
}

bool has_expired(const EngineTls& tls, const World& world) {
  return tls.certificate_expiry && *tls.certificate_expiry < world.clock.now();
}

std::string expired_hint(const EngineTls& tls) {
  return fmt::format("{} has expired, at {}", tls.certificate_file,
                     format_rfc3339(*tls.certificate_expiry).value_or("an unknown time"));
}

std::string client_certificate_hint(const EngineTls& tls, const World& world) {
  if (has_expired(tls, world)) return expired_hint(tls);
  if (!tls.certificate_file.empty()) {
    return fmt::format("is {} a certificate that the engine's CA has signed?",
                       tls.certificate_file);
  }
  return tls.directory.empty()
             ? "if it demands a client certificate, store one with docker context"
             : fmt::format("if it demands a client certificate, put cert.pem and key.pem into {}",
                           tls.directory);
}

/// What it means when the engine closes a connection before it answers for the first time.
std::string closing_hint(const EngineTls& tls, const World& world) {
  if (has_expired(tls, world)) return expired_hint(tls);
  if (!tls.certificate_file.empty()) {
    return fmt::format(
        "it does that when it does not accept the client's certificate, {}: has "
        "the engine's CA signed it?",
        tls.certificate_file);
  }
  return "it may do that when it wants a client's certificate: " +
         (tls.directory.empty() ? std::string("store one with docker context")
                                : fmt::format("put cert.pem and key.pem into {}", tls.directory));
}

/// What the server said in the words of OpenSSL: `bad certificate` of `...:sslv3 alert bad
/// certificate, errno 0`; empty if it said nothing.
std::string alert_in(std::string_view cause) {
  constexpr std::string_view kAlert = " alert ";
  const std::size_t alert = cause.find(kAlert);
  if (alert == std::string_view::npos) return "";
  cause.remove_prefix(alert + kAlert.size());
  return std::string(cause.substr(0, cause.find(',')));
}

/// What failed in TLS, by libcurl's and OpenSSL's words for it.
Error explain_tls(const Error& error, const Endpoint& endpoint, const EngineTls& tls,
                  const World& world) {
  const std::string_view cause = error.what();
  const auto explained = [&](std::string hint) {
    return Error(error.kind(),
                 fmt::format("{}: no trusted connection: {}", endpoint.address, cause),
                 std::move(hint));
  };
  if (const std::string alert = alert_in(cause); !alert.empty()) {
    return {error.kind(),
            fmt::format("{}: refuses the TLS connection: {}", endpoint.address, alert),
            client_certificate_hint(tls, world)};
  }
  if (says(cause, "subject name")) {
    return explained("is that the name, or the address, in the engine's certificate?");
  }
  if (says(cause, "expired", "not yet valid")) {
    return explained("is the clock of this machine right?");
  }
  if (says(cause, "issuer", "self-signed", "self signed", "unable to verify")) {
    if (!tls.ca_file.empty()) {
      return explained(fmt::format("{} has not signed the engine's certificate", tls.ca_file));
    }
    if (tls.settings->ca_file.empty() && tls.settings->ca_directory.empty()) {
      return explained(kNoCaCertificatesHint);
    }
    return explained("a context can hold the CA certificate that signed the engine's");
  }
  return explained(error.hint());
}

}  // namespace

Error explain(const Error& error, const Endpoint& endpoint, Answered answered, const World& world) {
  const auto explained = [&](std::string_view said, std::string hint) {
    return Error(error.kind(), fmt::format("{}: {}{}", endpoint.address, said, error.what()),
                 std::move(hint));
  };
  switch (error.kind()) {
    case ErrorKind::kUnreachable:
      if (endpoint.ssh) return explained("", error.hint());
      return unreachable(error, endpoint, world);
    case ErrorKind::kUntrusted:
      if (endpoint.tls) return explain_tls(error, endpoint, *endpoint.tls, world);
      return explained("", error.hint());
    case ErrorKind::kDisconnected:
      if (endpoint.tls && answered == Answered::kNo) {
        const bool says_why = !error.hint().empty();
        return explained(says_why ? "the connection broke off: "
                                  : "the engine closed the connection before it answered: ",
                         says_why ? error.hint() : closing_hint(*endpoint.tls, world));
      }
      return explained("the answer broke off: ",
                       "try again; or is that not the address of a container engine?");
    case ErrorKind::kForbidden:
      return forbidden(error, endpoint, world);
    case ErrorKind::kTimedOut:
      return explained("", kTimeoutHint);
    case ErrorKind::kTooLarge:
      return explained("", "is that the address of a container engine? No list is that long");
    case ErrorKind::kMalformed:
      if (endpoint.ssh) {
        return explained("",
                         "does something else than docker write to standard output there, such "
                         "as a start-up file of the login shell?");
      }
      return explained("", endpoint.tls || endpoint.unix_socket
                               ? "is that the address of a container engine?"
                               : "is that the address of a container engine? One with TLS needs "
                                 "DOCKER_TLS_VERIFY=1, or a context");
    default:
      return explained("", error.hint());
  }
}

}  // namespace dkr
