#include "source/kinds.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "source/engine/engine.h"
#include "source/oci/cache.h"
#include "source/oci/lister.h"
#include "source/registry/address.h"
#include "source/registry/store.h"

namespace dkr {
namespace {

constexpr std::string_view kDocker = "docker";
constexpr std::string_view kRegistry = "registry:";

void check_docker(std::string_view /*source*/) {}

std::unique_ptr<ImageSource> open_docker(const SourceSettings& settings,
                                         const SourceContext& context) {
  return std::make_unique<Engine>(find_engine(settings.engine, context.world, context.log),
                                  settings.timeout, context.http, context.world, context.log);
}

RegistryAddress registry_address(std::string_view source) {
  return parse_registry(source.substr(kRegistry.size()));
}

void check_registry(std::string_view source) { (void)registry_address(source); }

std::unique_ptr<ImageSource> open_registry(const SourceSettings& settings,
                                           const SourceContext& context) {
  auto store = std::make_unique<RegistryStore>(
      registry_address(settings.source),
      RegistryOptions{.jobs = settings.jobs, .timeout = settings.timeout}, context.http,
      context.world, context.log);
  std::string path;
  if (settings.cache == CacheUse::kUse) {
    path = cache_path(context.world.environment);
    if (path.empty()) {
      context.log.warn(
          "cache: neither XDG_CACHE_HOME nor HOME names a directory; going on without it");
    }
  }
  auto cache = std::make_unique<ImageCache>(std::move(path), context.world.clock, context.log);
  return std::make_unique<Lister>(std::move(store), std::move(cache), context.progress,
                                  context.log);
}

constexpr std::array<SourceKind, 2> kKinds{{
    {kDocker, "docker", "the local engine", "docker (the local engine)",
     SourceKind::ChosenBy::kHostOrContext, true, check_docker, open_docker},
    {kRegistry, "registry:HOST[:PORT]", "a registry",
     "registry:HOST[:PORT], with http:// before HOST for a registry without TLS",
     SourceKind::ChosenBy::kSource, false, check_registry, open_registry},
}};

bool is_of(const SourceKind& kind, std::string_view source) {
  return kind.name.ends_with(':') ? source.starts_with(kind.name) : source == kind.name;
}

std::string all_syntaxes() {
  std::string text;
  for (const SourceKind& kind : kKinds) {
    text += (text.empty() ? "" : " or ") + std::string(kind.syntax);
  }
  return text;
}

}  // namespace

std::span<const SourceKind> source_kinds() { return kKinds; }

const SourceKind& source_kind(std::string_view source) {
  const auto* const kind =
      std::ranges::find_if(kKinds, [&](const SourceKind& known) { return is_of(known, source); });
  if (kind == kKinds.end()) {
    throw Error(ErrorKind::kConfiguration, fmt::format("expected {}", all_syntaxes()));
  }
  try {
    kind->check(source);
  } catch (const Error&) {
    throw Error(ErrorKind::kConfiguration,
                fmt::format("expected {}, without a path", all_syntaxes()));
  }
  return *kind;
}

}  // namespace dkr
