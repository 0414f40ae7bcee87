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
  /// What named them instead of --host and --context: `--source`; empty: those did.
  std::string named_by = {};
};

/// The engine to use: `choice.context`, else `choice.host`, else DOCKER_HOST, else DOCKER_CONTEXT,
/// else currentContext of config.json, else unix:///var/run/docker.sock. The context named
/// `default` is DOCKER_HOST, or that socket. The headers are DockerConfig::http_headers(); values
/// of eight characters or more are hidden from then on, since an engine may repeat them. Logs the
/// choice at DEBUG. TLS settings come from the context, else from DOCKER_TLS_VERIFY, DOCKER_TLS and
/// DOCKER_CERT_PATH, and are for TCP only. Throws Error kConfiguration when the context does not
/// exist, the address or a header is invalid, or a certificate or key cannot be used, kUnsupported
/// for an unsupported transport.
Endpoint find_engine(const EngineChoice& choice, const World& world, Log& log);

}  // namespace dkr
