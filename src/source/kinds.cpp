#include "source/kinds.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "docker/endpoint.h"
#include "model/docker_hub.h"
#include "source/engine/engine.h"
#include "source/hub/exact_store.h"
#include "source/hub/hub.h"
#include "source/oci/cache.h"
#include "source/oci/lister.h"
#include "source/registry/address.h"
#include "source/registry/store.h"

namespace dkr {
namespace {

constexpr std::string_view kDocker = "docker";
constexpr std::string_view kNamedDocker = "docker:";
constexpr std::string_view kRegistry = "registry:";

Error expected() {
  return {ErrorKind::kConfiguration, fmt::format("expected {}", source_syntax())};
}

void check_docker(std::string_view /*source*/) {}

std::unique_ptr<ImageSource> open_docker(const SourceSettings& settings,
                                         const SourceContext& context) {
  return std::make_unique<Engine>(find_engine(settings.engine, context.world, context.log),
                                  settings.timeout, context.http, context.world, context.log);
}

/// The engine at the address after `docker:`, or of the context of that name.
EngineChoice named_engine(std::string_view source) {
  const std::string name(source.substr(kNamedDocker.size()));
  EngineChoice choice;
  (name.find("://") == std::string::npos ? choice.context : choice.host) = name;
  return choice;
}

void check_named_docker(std::string_view source) {
  const EngineChoice choice = named_engine(source);
  if (choice.context == "") throw expected();
  if (!choice.host) return;
  try {
    (void)parse_host(*choice.host);
  } catch (const Error& error) {
    // Opening the source reports an unsupported address.
    if (error.kind() != ErrorKind::kUnsupported) throw;
  }
}

std::unique_ptr<ImageSource> open_named_docker(const SourceSettings& settings,
                                               const SourceContext& context) {
  SourceSettings named = settings;
  named.engine = named_engine(settings.source);
  return open_docker(named, context);
}

RegistryAddress registry_address(std::string_view source) {
  return parse_registry(source.substr(kRegistry.size()));
}

void check_registry(std::string_view source) { (void)registry_address(source); }

std::unique_ptr<ImageSource> open_registry(const SourceSettings& settings,
                                           const SourceContext& context) {
  RegistryAddress address = registry_address(settings.source);
  std::string path;
  if (settings.cache == CacheUse::kUse) {
    path = cache_path(context.world.environment);
    if (path.empty()) {
      context.log.warn(
          "cache: neither XDG_CACHE_HOME nor HOME names a directory; going on without it");
    }
  }
  auto cache = std::make_shared<ImageCache>(std::move(path), context.world.clock, context.log);
  const bool is_hub = is_docker_hub(address.name);
  if (is_hub && !settings.is_exact) {
    HubOptions options{.name_space = std::move(address.name_space),
                       .timeout = settings.timeout,
                       .jobs = settings.jobs,
                       .max_stale = settings.max_stale};
    return std::make_unique<Hub>(std::move(options), std::move(cache), context.http, context.world,
                                 context.progress, context.log);
  }
  const RegistryOptions options{.jobs = settings.jobs, .timeout = settings.timeout};
  std::unique_ptr<ContentStore> store;
  if (is_hub) {
    store = std::make_unique<ExactHubStore>(std::move(address), options, context.http,
                                            context.world, context.log, cache);
  } else {
    store = std::make_unique<RegistryStore>(std::move(address), options, context.http,
                                            context.world, context.log, cache);
  }
  return std::make_unique<Lister>(std::move(store), std::move(cache), context.progress, context.log,
                                  settings.max_stale);
}

constexpr std::array<SourceKind, 3> kKinds{{
    {kDocker, "docker", "the local engine", "docker (the local engine)",
     SourceKind::ChosenBy::kHostOrContext, true, false, check_docker, open_docker},
    {kNamedDocker, "docker:CONTEXT or docker:HOST", "an engine by its context or address",
     "docker:CONTEXT or docker:HOST (another engine, by its context or address)",
     SourceKind::ChosenBy::kSource, true, false, check_named_docker, open_named_docker},
    {kRegistry, "registry:HOST[:PORT][/NAMESPACE]", "a registry",
     "registry:HOST[:PORT][/NAMESPACE], with http:// before HOST for a registry without TLS",
     SourceKind::ChosenBy::kSource, false, true, check_registry, open_registry},
}};

bool is_of(const SourceKind& kind, std::string_view source) {
  return kind.name.ends_with(':') ? source.starts_with(kind.name) : source == kind.name;
}

}  // namespace

std::span<const SourceKind> source_kinds() { return kKinds; }

std::string source_syntax() {
  std::vector<std::string_view> syntaxes;
  syntaxes.reserve(kKinds.size());
  for (const SourceKind& kind : kKinds) syntaxes.push_back(kind.syntax);
  return fmt::format("{}", fmt::join(syntaxes, " or "));
}

bool tells_blobs(const SourceSettings& settings) {
  const bool is_registry = source_kind(settings.source).is_registry;
  return !is_registry || settings.is_exact ||
         !is_docker_hub(registry_address(settings.source).name);
}

const SourceKind& source_kind(std::string_view source) {
  const auto* const kind =
      std::ranges::find_if(kKinds, [&](const SourceKind& known) { return is_of(known, source); });
  if (kind == kKinds.end()) {
    throw expected();
  }
  kind->check(source);
  return *kind;
}

}  // namespace dkr
