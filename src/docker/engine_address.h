// Which engine to ask, with docker's own precedence.
#pragma once

#include <optional>
#include <string>

#include "base/log.h"
#include "base/world.h"
#include "docker/endpoint.h"

namespace dkr {

/// What the command line says about the engine; an empty context says nothing.
struct EngineChoice {
  std::optional<std::string> host;
  std::optional<std::string> context;
};

/// The engine to ask: `choice.context`, else `choice.host`, else DOCKER_HOST, else DOCKER_CONTEXT,
/// else currentContext of config.json, else unix:///var/run/docker.sock; the context named
/// `default` is DOCKER_HOST or that socket. Logs the choice at DEBUG. Throws Error kConfiguration
/// when the context does not exist, the address is none, or TLS or another unsupported transport
/// would be needed.
Endpoint find_engine(const EngineChoice& choice, const World& world, Log& log);

/// The address of an engine that does exist on this machine where the usual ones put their sockets
/// (docker, rootless docker, Docker Desktop, podman), for a hint; absent when there is none.
std::optional<std::string> other_engine(const World& world, const std::string& except_address);

}  // namespace dkr
