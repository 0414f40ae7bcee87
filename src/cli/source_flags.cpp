#include "cli/source_flags.h"

#include <algorithm>
#include <cstddef>
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

/// What the path that begins at `begin` in `typed` can go on with: files, and directories with a
/// slash, hidden ones only if their dot is typed.
std::vector<Candidate> path_candidates(std::string_view typed, std::size_t begin,
                                       const Files& files) {
  const std::size_t slash = typed.rfind('/');
  const std::size_t name = slash == std::string_view::npos ? begin : slash + 1;
  const std::string directory(typed.substr(begin, name - begin));
  const bool shows_hidden = typed.substr(name).starts_with('.');
  std::vector<Candidate> result;
  for (const std::string& entry : files.list(directory.empty() ? "." : directory)) {
    if (entry.starts_with('.') && !shows_hidden) continue;
    const bool is_directory = !files.list(directory + entry).empty();
    result.push_back(
        {fmt::format("{}{}{}", typed.substr(0, name), entry, is_directory ? "/" : "")});
  }
  return result;
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

std::string read_name_space(const std::string& value) {
  try {
    check_name_space(value);
  } catch (const Error& error) {
    throw InvalidValue(error.what());
  }
  return value;
}

std::vector<Candidate> host_candidates(std::string_view /*typed*/, World& /*world*/,
                                       const Command& /*command*/) {
  return {{"unix:///", "a socket"},
          {"tcp://", "an engine over the network"},
          {"ssh://", "an engine on another machine, through ssh"}};
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

std::vector<Candidate> source_candidates(std::string_view typed, World& world,
                                         const Command& command) {
  std::vector<Candidate> result;
  for (const SourceKind& kind : source_kinds()) {
    if (kind.value == SourceKind::Value::kPath && typed.starts_with(kind.name)) {
      return path_candidates(typed, kind.name.size(), world.files);
    }
    if (kind.value == SourceKind::Value::kEngine && typed.starts_with(kind.name)) {
      std::vector<Candidate> contexts = context_candidates({}, world, command);
      for (Candidate& context : contexts) context.text.insert(0, kind.name);
      return contexts;
    }
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
  const auto has = [&](SourceFamily family) {
    return std::ranges::any_of(
        sources, [&](const std::string& source) { return source_kind(source).family == family; });
  };
  const std::string_view flag = registry_flag(settings);
  if (!flag.empty() && !has(SourceFamily::kRegistry)) {
    throw usage_error(*line.command, fmt::format("{} is for registries, such as --source "
                                                 "registry:HOST",
                                                 flag));
  }
  if (settings.name_space && !has(SourceFamily::kContainerd)) {
    throw usage_error(*line.command, "--namespace is for containerd, as --source containerd");
  }
}

std::unique_ptr<ImageSource> open_source(const std::string& source, const CommandLine& line,
                                         Session& session) {
  SourceSettings settings = line.settings.source;
  settings.source = source;
  if (!line.settings.is_source_given) settings.named_by = "the argument";
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
                    kind.family == SourceFamily::kEngine ? "another one" : kind.help));
  }
  return open_source(source, line, session);
}

}  // namespace dkr
