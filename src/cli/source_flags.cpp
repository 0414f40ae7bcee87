#include "cli/source_flags.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/masked_output.h"
#include "cli/command.h"
#include "cli/parse.h"
#include "cli/usage.h"
#include "cli/values.h"
#include "docker/config.h"
#include "docker/endpoint.h"
#include "source/kinds.h"

namespace dkr {
namespace {

/// The first of the given flags that only registries use; empty if none was given.
std::string_view registry_flag(const SourceSettings& settings) {
  if (settings.jobs) return "--jobs";
  if (settings.cache == CacheUse::kIgnore) return "--no-cache";
  if (settings.max_stale) return "--max-stale";
  return settings.is_exact ? "--exact" : "";
}

}  // namespace

std::string read_host(const std::string& value) {
  try {
    (void)parse_host(value);
  } catch (const Error& error) {
    // An unsupported address is not a usage error: opening the source reports it.
    if (error.kind() != ErrorKind::kUnsupported) throw InvalidValue(error.what());
  }
  return value;
}

std::string read_source(const std::string& value) {
  try {
    (void)source_kind(value);
  } catch (const Error& error) {
    throw InvalidValue(error.what());
  }
  return value;
}

std::vector<Candidate> host_candidates(std::string_view /*typed*/, World& /*world*/,
                                       const Command& /*command*/) {
  return {{"unix:///", "a socket"}, {"tcp://", "an engine over the network"}};
}

std::vector<Candidate> context_candidates(std::string_view /*typed*/, World& world,
                                          const Command& /*command*/) {
  Log silent(world.err, world.clock, LogLevel::kOff);
  std::vector<Candidate> result;
  for (std::string& name : DockerConfig(world, silent).context_names()) {
    result.push_back({std::move(name)});
  }
  return result;
}

std::vector<Candidate> source_candidates(std::string_view /*typed*/, World& /*world*/,
                                         const Command& /*command*/) {
  std::vector<Candidate> result;
  for (const SourceKind& kind : source_kinds()) {
    result.push_back({std::string(kind.name), std::string(kind.help)});
  }
  return result;
}

void check_source_flags(const CommandLine& line, std::span<const std::string> sources) {
  const SourceSettings& settings = line.settings.source;
  if (settings.engine.host && !settings.engine.context.value_or("").empty()) {
    throw usage_error(*line.command,
                      "conflicting options: cannot specify both --host and --context");
  }
  if (settings.max_stale && settings.cache == CacheUse::kIgnore) {
    throw usage_error(*line.command,
                      "conflicting options: --max-stale needs the cache, --no-cache ignores it");
  }
  const std::string_view flag = registry_flag(settings);
  const bool has_registry = std::ranges::any_of(
      sources, [](const std::string& source) { return source_kind(source).is_registry; });
  if (!flag.empty() && !has_registry) {
    throw usage_error(*line.command, fmt::format("{} is for registries, such as --source "
                                                 "registry:HOST",
                                                 flag));
  }
}

std::unique_ptr<ImageSource> open_source(const std::string& source, const CommandLine& line,
                                         Session& session) {
  SourceSettings settings = line.settings.source;
  settings.source = source;
  return source_kind(source).open(settings,
                                  {session.client, session.world, session.progress, session.log});
}

std::unique_ptr<ImageSource> open_source(const CommandLine& line, Session& session) {
  const std::string& source = line.settings.source.source;
  check_source_flags(line, std::span(&source, 1));
  const EngineChoice& engine = line.settings.source.engine;
  const SourceKind& kind = source_kind(source);
  if (kind.chosen_by != SourceKind::ChosenBy::kHostOrContext && (engine.host || engine.context)) {
    throw usage_error(
        *line.command,
        fmt::format("conflicting options: --host and --context name an engine, --source {}",
                    kind.tells_containers ? "another one" : "a registry"));
  }
  return open_source(source, line, session);
}

}  // namespace dkr
