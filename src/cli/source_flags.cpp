#include "cli/source_flags.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "cli/flags.h"
#include "cli/usage.h"
#include "cli/values.h"
#include "docker/endpoint.h"
#include "model/platform.h"

namespace dkr {
namespace {

constexpr std::int64_t kMostJobs = 1000;

void require_host(const std::string& value) {
  try {
    (void)parse_host(value);
  } catch (const Error& error) {
    // What is only not supported yet is no misuse: opening the source says so.
    if (error.kind() != ErrorKind::kUnsupported) throw InvalidValue(error.what());
  }
}

}  // namespace

void SourceFlags::add_to(CLI::App& root) {
  root_ = &root;
  add_flag(root,
           {.name = "host",
            .type = "string",
            .help = "the engine to ask: unix:///PATH or tcp://HOST[:PORT] (default: $DOCKER_HOST, "
                    "else the current docker context)",
            .shorthand = "H",
            .scope = Scope::kGlobal},
           [this](const std::string& value) {
             require_host(value);
             settings_.engine.host = value;
           });
  add_flag(
      root,
      {.name = "context",
       .type = "string",
       .help = "the docker context whose engine to ask (default: $DOCKER_CONTEXT, else docker's "
               "current one)",
       .scope = Scope::kGlobal},
      [this](const std::string& value) { settings_.engine.context = value; });
  add_flag(
      root,
      {.name = "source",
       .type = "string",
       .help = "where the images are: docker, the local engine, or registry:HOST[:PORT], which may "
               "have http:// before HOST",
       .default_value = "\"docker\"",
       .scope = Scope::kGlobal},
      [this](const std::string& value) { set_source(value); });
  add_flag(root,
           {.name = "timeout",
            .type = "int",
            .help = "seconds without progress (under 100 bytes a second) before a request is given "
                    "up, 0 waits for ever",
            .default_value = "60",
            .scope = Scope::kGlobal},
           [this](const std::string& value) {
             settings_.timeout = std::chrono::seconds(parse_count(value, INT32_MAX));
           });
  add_flag(
      root,
      {.name = "platform",
       .type = "string",
       .help = "which image of a registry's multi-platform tags: os/arch[/variant] (default: "
               "this machine's; where there is none, the first one)",
       .scope = Scope::kGlobal},
      [this](const std::string& value) {
        const auto platform = parse_platform(value);
        if (!platform) {
          throw InvalidValue("expected os/arch[/variant], such as linux/arm64 or linux/arm/v7");
        }
        platform_ = *platform;
      });
  add_flag(root,
           {.name = "jobs",
            .type = "int",
            .help = "how many requests a registry gets at the same time (default: 100 over HTTP/2, "
                    "else 16)",
            .scope = Scope::kGlobal},
           [this](const std::string& value) {
             settings_.jobs = parse_count(value, kMostJobs);
             if (settings_.jobs == 0) {
               throw InvalidValue(fmt::format("expected a whole number from 1 to {}", kMostJobs));
             }
           });
  add_switch(root,
             {.name = "no-cache",
              .type = "",
              .help = "neither read nor write the cache of what registries have said, in "
                      "$XDG_CACHE_HOME/dkr-ls",
              .scope = Scope::kGlobal},
             no_cache_);
}

void SourceFlags::set_source(const std::string& value) {
  try {
    (void)source_kind(value);
    settings_.source = value;
  } catch (const Error& error) {
    throw InvalidValue(error.what());
  }
}

std::unique_ptr<ImageSource> SourceFlags::open(const SourceContext& context) const {
  const EngineChoice& engine = settings_.engine;
  if (engine.host && !engine.context.value_or("").empty()) {
    throw usage_error(innermost(*root_),
                      "conflicting options: cannot specify both --host and --context");
  }
  const SourceKind& kind = source_kind(settings_.source);
  if (kind.chosen_by != SourceKind::ChosenBy::kHostOrContext && (engine.host || engine.context)) {
    throw usage_error(
        innermost(*root_),
        "conflicting options: --host and --context name an engine, --source a registry");
  }
  SourceSettings settings = settings_;
  if (no_cache_) settings.cache = CacheUse::kIgnore;
  return kind.open(settings, context);
}

}  // namespace dkr
