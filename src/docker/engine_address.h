// Selects the engine, with docker's precedence.
#pragma once

#include <optional>
#include <string>

#include "base/log.h"
#include "base/world.h"
#include "docker/endpoint.h"

namespace dkr {

/// The engine that the command line selects. An empty context counts as absent.
struct EngineChoice {
  std::optional<std::string> host;
  std::optional<std::string> context;
};

/// The engine to use: `choice.context`, else `choice.host`, else DOCKER_HOST, else DOCKER_CONTEXT,
/// else currentContext of config.json, else unix:///var/run/docker.sock. The context named
/// `default` is DOCKER_HOST, or that socket. The headers are DockerConfig::http_headers(); values
/// of eight characters or more are hidden from then on, since an engine may repeat them. Logs the
/// choice at DEBUG. Throws Error kConfiguration when the context does not exist, or the address or
/// a header is invalid, kUnsupported when TLS or another unsupported transport is required.
Endpoint find_engine(const EngineChoice& choice, const World& world, Log& log);

/// The address of a socket that exists where docker, rootless docker, Docker Desktop or podman
/// usually put theirs, other than `except_address`; absent when there is none. For hints.
std::optional<std::string> other_engine(const World& world, const std::string& except_address);

}  // namespace dkr
