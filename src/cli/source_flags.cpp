#include "cli/source_flags.h"

#include <cstdint>
#include <string>

#include "base/error.h"
#include "cli/flags.h"
#include "cli/usage.h"
#include "cli/values.h"
#include "config/endpoint.h"
#include "source/engine.h"

namespace dkr {
namespace {

constexpr const char* kEngineSource = "docker";

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
             engine_.host = value;
           });
  add_flag(
      root,
      {.name = "context",
       .type = "string",
       .help = "the docker context whose engine to ask (default: $DOCKER_CONTEXT, else docker's "
               "current one)",
       .scope = Scope::kGlobal},
      [this](const std::string& value) { engine_.context = value; });
  add_flag(root,
           {.name = "source",
            .type = "string",
            .help = "where the images are: docker, the local engine",
            .default_value = "\"docker\"",
            .scope = Scope::kGlobal},
           [](const std::string& value) {
             if (value != kEngineSource) throw InvalidValue("expected docker");
           });
  add_flag(root,
           {.name = "timeout",
            .type = "int",
            .help = "seconds without progress (under 100 bytes a second) before a request is given "
                    "up, 0 waits for ever",
            .default_value = "60",
            .scope = Scope::kGlobal},
           [this](const std::string& value) {
             timeout_ = std::chrono::seconds(parse_count(value, INT32_MAX));
           });
}

std::unique_ptr<ImageSource> SourceFlags::open(HttpClient& client, const World& world,
                                               Log& log) const {
  if (engine_.host && !engine_.context.value_or("").empty()) {
    throw usage_error(innermost(*root_),
                      "conflicting options: cannot specify both --host and --context");
  }
  return std::make_unique<Engine>(find_engine(engine_, world, log), timeout_, client, world, log);
}

}  // namespace dkr
