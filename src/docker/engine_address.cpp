#include "docker/engine_address.h"

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/masked_output.h"
#include "docker/config.h"
#include "docker/engine_tls.h"

namespace dkr {
namespace {

constexpr std::string_view kDefaultContext = "default";
constexpr std::string_view kDefaultTlsHost = "tcp://localhost:2376";

/// An address that has not been parsed yet.
struct UnparsedAddress {
  std::string host;  ///< empty: docker's default
  std::string chosen_by;
  /// Reads the TLS settings; empty: an engine at a host speaks no TLS.
  std::function<EngineTls()> read_tls = {};
};

/// Docker's settings for engines that no context names (docker/cli, cli/flags/options.go).
std::function<EngineTls()> tls_of_environment(const World& world, const DockerConfig& config,
                                              Log& log) {
  const bool verifies = world.environment.get("DOCKER_TLS_VERIFY").has_value();
  if (!verifies && !world.environment.get("DOCKER_TLS")) return {};
  const std::string directory =
      world.environment.get("DOCKER_CERT_PATH").value_or(config.directory());
  return [=, &world, &log] {
    return read_engine_tls(directory,
                           verifies ? ServerVerification::kRequired : ServerVerification::kSkipped,
                           MissingCa::kIsError, world, log);
  };
}

UnparsedAddress from_environment(const World& world, const DockerConfig& config, Log& log) {
  UnparsedAddress candidate{"", "default", tls_of_environment(world, config, log)};
  if (const auto host = world.environment.get("DOCKER_HOST")) {
    candidate.host = *host;
    candidate.chosen_by = "DOCKER_HOST";
  } else if (candidate.read_tls) {
    candidate.host = kDefaultTlsHost;
  }
  return candidate;
}

UnparsedAddress from_context(const std::string& name, std::string chosen_by, const World& world,
                             const DockerConfig& config, Log& log) {
  if (name == kDefaultContext) return from_environment(world, config, log);
  const DockerContext context = config.context(name);
  UnparsedAddress candidate{context.host, fmt::format("context \"{}\" ({})", name, chosen_by)};
  if (context.tls_directory || context.skips_tls_verify) {
    candidate.read_tls = [name, context, &world, &log] {
      try {
        return read_engine_tls(
            context.tls_directory.value_or(""),
            context.skips_tls_verify ? ServerVerification::kSkipped : ServerVerification::kRequired,
            MissingCa::kMeansSystem, world, log);
      } catch (const Error& error) {
        throw Error(error.kind(), fmt::format("context \"{}\": {}", name, error.what()),
                    "a context keeps ca.pem, cert.pem and key.pem there: give it others with "
                    "docker context, or name another one");
      }
    };
  }
  return candidate;
}

UnparsedAddress choose(const EngineChoice& choice, const World& world, const DockerConfig& config,
                       Log& log) {
  const Environment& environment = world.environment;
  if (choice.context && !choice.context->empty()) {
    return from_context(*choice.context, choice.named_by.empty() ? "--context" : choice.named_by,
                        world, config, log);
  }
  UnparsedAddress candidate = from_environment(world, config, log);
  if (choice.host) {
    candidate.host = choice.host->empty() && candidate.read_tls ? kDefaultTlsHost : *choice.host;
    candidate.chosen_by = choice.named_by.empty() ? "--host" : choice.named_by;
    return candidate;
  }
  if (environment.get("DOCKER_HOST")) return candidate;
  if (const auto name = environment.get("DOCKER_CONTEXT")) {
    return from_context(*name, "DOCKER_CONTEXT", world, config, log);
  }
  if (const auto& name = config.current_context()) {
    return from_context(*name, "currentContext of config.json", world, config, log);
  }
  return candidate;
}

}  // namespace

Endpoint find_engine(const EngineChoice& choice, const World& world, Log& log) {
  const DockerConfig config(world, log);
  const UnparsedAddress candidate = choose(choice, world, config, log);
  Endpoint endpoint;
  try {
    endpoint = parse_host(candidate.host);
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("{}: {}", candidate.chosen_by, error.what()),
                error.hint());
  }
  endpoint.chosen_by = candidate.chosen_by;
  if (!choice.named_by.empty()) endpoint.naming = EngineNaming::kSource;
  endpoint.headers = config.http_headers();
  constexpr std::size_t kMinSecretBytes = 8;  // shorter values are more likely to be words
  for (const auto& [name, value] : endpoint.headers) {
    if (value.size() >= kMinSecretBytes) world.err.hide(value);
  }
  if (candidate.read_tls && !endpoint.unix_socket && !endpoint.ssh) {
    endpoint.tls = candidate.read_tls();
    endpoint.base_url.insert(std::string_view("http").size(), "s");
  }
  log.debug("engine {}: chosen by {}", endpoint.address, endpoint.chosen_by);
  return endpoint;
}

}  // namespace dkr
