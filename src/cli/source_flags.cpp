#include "cli/source_flags.h"

#include <utility>

#include "base/error.h"
#include "cli/parse.h"
#include "cli/usage.h"
#include "cli/values.h"
#include "docker/config.h"
#include "docker/endpoint.h"
#include "docker/engine_address.h"
#include "source/engine/engine.h"
#include "source/registry/address.h"
#include "source/registry/registry.h"

namespace dkr {
namespace {

constexpr std::string_view kEngineSource = "docker";
constexpr std::string_view kRegistrySource = "registry:";

/// The registry that `source` names; absent: it is the engine. Throws InvalidValue.
std::optional<RegistryAddress> registry_in(std::string_view source) {
  if (source == kEngineSource) return std::nullopt;
  if (!source.starts_with(kRegistrySource)) {
    throw InvalidValue("expected docker or registry:HOST[:PORT]");
  }
  try {
    return parse_registry(source.substr(kRegistrySource.size()));
  } catch (const Error&) {
    throw InvalidValue("expected docker or registry:HOST[:PORT], without a path");
  }
}

}  // namespace

std::string read_host(const std::string& value) {
  try {
    (void)parse_host(value);
  } catch (const Error& error) {
    // What is only not supported yet is no misuse: opening the source says so.
    if (error.kind() != ErrorKind::kUnsupported) throw InvalidValue(error.what());
  }
  return value;
}

std::string read_source(const std::string& value) {
  (void)registry_in(value);
  return value;
}

std::vector<Candidate> host_candidates(std::string_view /*typed*/, World& /*world*/) {
  return {{"unix:///", "a socket"}, {"tcp://", "an engine over the network"}};
}

std::vector<Candidate> context_candidates(std::string_view /*typed*/, World& world) {
  Log silent(world.err, world.clock, LogLevel::kOff);
  std::vector<Candidate> result;
  for (std::string& name : DockerConfig(world, silent).context_names()) {
    result.push_back({std::move(name)});
  }
  return result;
}

std::vector<Candidate> source_candidates(std::string_view /*typed*/, World& /*world*/) {
  return {{"docker", "the local engine"}, {"registry:", "a registry: registry:HOST[:PORT]"}};
}

std::unique_ptr<ImageSource> open_source(const CommandLine& line, Session& session) {
  const SourceSettings& settings = line.settings.source;
  if (settings.host && !settings.context.value_or("").empty()) {
    throw usage_error(*line.command,
                      "conflicting options: cannot specify both --host and --context");
  }
  auto registry = registry_in(settings.source);
  if (!registry) {
    Endpoint engine = find_engine({settings.host, settings.context}, session.world, session.log);
    return std::make_unique<Engine>(std::move(engine), settings.timeout, session.client,
                                    session.world, session.log);
  }
  if (settings.host || settings.context) {
    throw usage_error(
        *line.command,
        "conflicting options: --host and --context name an engine, --source a registry");
  }
  RegistryOptions options;
  options.platform = settings.platform.value_or(options.platform);
  options.jobs = settings.jobs;
  options.timeout = settings.timeout;
  if (!settings.no_cache) options.cache_path = cache_path(session.world.environment);
  return std::make_unique<Registry>(*std::move(registry), std::move(options), session.client,
                                    session.world, session.progress, session.log);
}

}  // namespace dkr
