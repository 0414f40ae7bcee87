#include "docker/engine_address.h"

#include <cstddef>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/masked_output.h"
#include "docker/config.h"

namespace dkr {
namespace {

constexpr std::string_view kDefaultContext = "default";
constexpr std::string_view kDefaultTlsHost = "tcp://localhost:2376";

/// An address that has not been parsed yet.
struct Candidate {
  std::string host;  ///< empty: docker's default
  std::string chosen_by;
  bool tls = false;
};

Candidate from_environment(const Environment& environment) {
  Candidate candidate{"", "default"};
  if (const auto host = environment.get("DOCKER_HOST")) candidate = {*host, "DOCKER_HOST"};
  candidate.tls = environment.get("DOCKER_TLS_VERIFY") || environment.get("DOCKER_TLS");
  return candidate;
}

Candidate from_context(const std::string& name, std::string chosen_by, const World& world,
                       const DockerConfig& config) {
  if (name == kDefaultContext) return from_environment(world.environment);
  const DockerContext context = config.context(name);
  return {context.host, fmt::format("context \"{}\" ({})", name, chosen_by), context.tls};
}

Candidate choose(const EngineChoice& choice, const World& world, const DockerConfig& config) {
  const Environment& environment = world.environment;
  if (choice.context && !choice.context->empty()) {
    return from_context(*choice.context, "--context", world, config);
  }
  Candidate candidate = from_environment(environment);
  if (choice.host) return {*choice.host, "--host", candidate.tls};
  if (environment.get("DOCKER_HOST")) return candidate;
  if (const auto name = environment.get("DOCKER_CONTEXT")) {
    return from_context(*name, "DOCKER_CONTEXT", world, config);
  }
  if (const auto& name = config.current_context()) {
    return from_context(*name, "currentContext of config.json", world, config);
  }
  return candidate;
}

}  // namespace

Endpoint find_engine(const EngineChoice& choice, const World& world, Log& log) {
  const DockerConfig config(world, log);
  const Candidate candidate = choose(choice, world, config);
  Endpoint endpoint;
  try {
    const bool is_default = candidate.host.empty() && candidate.tls;
    endpoint = parse_host(is_default ? kDefaultTlsHost : candidate.host);
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("{}: {}", candidate.chosen_by, error.what()),
                error.hint());
  }
  endpoint.chosen_by = candidate.chosen_by;
  endpoint.headers = config.http_headers();
  constexpr std::size_t kMinSecretBytes = 8;  // shorter values are more likely to be words
  for (const auto& [name, value] : endpoint.headers) {
    if (value.size() >= kMinSecretBytes) world.err.hide(value);
  }
  if (!endpoint.unix_socket && candidate.tls) {
    throw Error(ErrorKind::kUnsupported,
                fmt::format("{}: engines over TLS are not supported yet", endpoint.address),
                "DOCKER_TLS_VERIFY, DOCKER_TLS or the context requires TLS: unset them, or name an "
                "engine at unix:///PATH");
  }
  log.debug("engine {}: chosen by {}", endpoint.address, endpoint.chosen_by);
  return endpoint;
}

std::optional<std::string> other_engine(const World& world, const std::string& except_address) {
  std::vector<std::string> sockets{"/var/run/docker.sock"};
  if (const auto runtime = world.environment.get("XDG_RUNTIME_DIR")) {
    sockets.push_back(*runtime + "/docker.sock");
    sockets.push_back(*runtime + "/podman/podman.sock");
  }
  if (const auto home = world.environment.home()) {
    sockets.push_back(*home + "/.docker/desktop/docker.sock");
    sockets.push_back(*home + "/.docker/run/docker.sock");
  }
  sockets.emplace_back("/run/podman/podman.sock");
  for (const std::string& socket : sockets) {
    std::string address = "unix://" + socket;
    if (address != except_address && world.files.exists(socket)) return address;
  }
  return std::nullopt;
}

}  // namespace dkr
