#include "source/kinds.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "docker/endpoint.h"
#include "model/docker_hub.h"
#include "source/containerd/messages.h"
#include "source/containerd/store.h"
#include "source/engine/engine.h"
#include "source/hub/exact_store.h"
#include "source/hub/hub.h"
#include "source/layout/store.h"
#include "source/oci/cache.h"
#include "source/oci/image_lister.h"
#include "source/oci/lister.h"
#include "source/registry/address.h"
#include "source/registry/store.h"

namespace dkr {
namespace {

constexpr std::string_view kDocker = "docker";
constexpr std::string_view kNamedDocker = "docker:";
constexpr std::string_view kRegistry = "registry:";
constexpr std::string_view kContainerd = "containerd";
constexpr std::string_view kContainerdSocket = "containerd:";
constexpr std::string_view kOci = "oci:";
constexpr std::string_view kOciArchive = "oci-archive:";
constexpr std::string_view kDockerArchive = "docker-archive:";
constexpr std::string_view kStandardInput = "-";

Error expected() {
  return {ErrorKind::kConfiguration, fmt::format("expected {}", source_syntax())};
}

void check_nothing(std::string_view /*source*/) {}

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
  named.engine.named_by = settings.named_by;
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

/// What follows the name of the kind.
std::string path_in(std::string_view source) {
  return std::string(source.substr(source.find(':') + 1));
}

void check_containerd_socket(std::string_view source) {
  constexpr std::size_t kMaxBytes = 107;  // unix(7)
  const std::string path = path_in(source);
  if (!path.starts_with('/') || path.size() > kMaxBytes) {
    throw Error(
        ErrorKind::kConfiguration,
        fmt::format("expected containerd:SOCKET, SOCKET an absolute path of at most {} bytes",
                    kMaxBytes));
  }
}

std::unique_ptr<ImageSource> open_containerd_at(std::string socket, const SourceSettings& settings,
                                                const SourceContext& context) {
  ContainerdOptions options{
      .socket = std::move(socket), .name_space = settings.name_space, .timeout = settings.timeout};
  auto store = std::make_unique<ContainerdStore>(std::move(options), context.http,
                                                 context.world.files, context.log);
  return std::make_unique<ImageLister>(std::move(store), context.world.clock, context.progress,
                                       context.log);
}

std::unique_ptr<ImageSource> open_containerd(const SourceSettings& settings,
                                             const SourceContext& context) {
  return open_containerd_at(find_containerd(context.world.files), settings, context);
}

std::unique_ptr<ImageSource> open_containerd_socket(const SourceSettings& settings,
                                                    const SourceContext& context) {
  return open_containerd_at(path_in(settings.source), settings, context);
}

void check_archive(std::string_view source) {
  if (path_in(source).empty()) throw expected();
}

void check_layout(std::string_view source) {
  const std::string path = path_in(source);
  if (path.empty()) throw expected();
  if (path == kStandardInput) {
    throw Error(ErrorKind::kConfiguration,
                "expected oci:DIR; standard input can only be an archive");
  }
}

/// Opens a store that tells all its images at once.
template <std::unique_ptr<ImageStore> (*kOpen)(const std::string& path, const Files& files)>
std::unique_ptr<ImageSource> open_store(const SourceSettings& settings,
                                        const SourceContext& context) {
  return std::make_unique<ImageLister>(kOpen(path_in(settings.source), context.world.files),
                                       context.world.clock, context.progress, context.log);
}

constexpr std::array<SourceKind, 8> kKinds{{
    {.name = kDocker,
     .syntax = "docker",
     .help = "the local engine",
     .usage = "docker (the local engine)",
     .family = SourceFamily::kEngine,
     .check = check_nothing,
     .open = open_docker,
     .chosen_by = SourceKind::ChosenBy::kHostOrContext},
    {.name = kNamedDocker,
     .syntax = "docker:CONTEXT, docker:HOST",
     .help = "an engine by its context or address",
     .usage = "docker:CONTEXT or docker:HOST (another engine, by its context or address)",
     .family = SourceFamily::kEngine,
     .check = check_named_docker,
     .open = open_named_docker,
     .value = SourceKind::Value::kEngine},
    {.name = kRegistry,
     .syntax = "registry:HOST[:PORT][/NAMESPACE]",
     .help = "a registry",
     .usage =
         "registry:HOST[:PORT][/NAMESPACE], with http:// before HOST for a registry without TLS",
     .family = SourceFamily::kRegistry,
     .check = check_registry,
     .open = open_registry},
    {.name = kContainerd,
     .syntax = "containerd",
     .help = "containerd's own store",
     .usage = "containerd (its own store, at the usual socket)",
     .family = SourceFamily::kContainerd,
     .check = check_nothing,
     .open = open_containerd},
    {.name = kContainerdSocket,
     .syntax = "containerd:SOCKET",
     .help = "containerd at another socket",
     .usage = "containerd:SOCKET (at another socket)",
     .family = SourceFamily::kContainerd,
     .check = check_containerd_socket,
     .open = open_containerd_socket,
     .value = SourceKind::Value::kPath},
    {.name = kOci,
     .syntax = "oci:DIR",
     .help = "an OCI layout",
     .usage = "oci:DIR (an OCI layout)",
     .family = SourceFamily::kFile,
     .check = check_layout,
     .open = open_store<open_oci_layout>,
     .value = SourceKind::Value::kPath},
    {.name = kOciArchive,
     .syntax = "oci-archive:FILE",
     .help = "an OCI layout in an archive",
     .usage = "oci-archive:FILE (an OCI layout in a tar archive; - is standard input)",
     .family = SourceFamily::kFile,
     .check = check_archive,
     .open = open_store<open_oci_archive>,
     .value = SourceKind::Value::kPath},
    {.name = kDockerArchive,
     .syntax = "docker-archive:FILE",
     .help = "an archive of docker save",
     .usage = "docker-archive:FILE (what docker save writes; - is standard input)",
     .family = SourceFamily::kFile,
     .check = check_archive,
     .open = open_store<open_docker_archive>,
     .value = SourceKind::Value::kPath},
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
  const std::string_view last = syntaxes.back();
  syntaxes.pop_back();
  return fmt::format("{} or {}", fmt::join(syntaxes, ", "), last);
}

void check_name_space(std::string_view name) {
  if (is_name_space(name)) return;
  throw Error(ErrorKind::kConfiguration,
              "expected letters and digits, with single dots, dashes or underscores between them");
}

bool reads_standard_input(std::string_view source) {
  return source_kind(source).family == SourceFamily::kFile && path_in(source) == kStandardInput;
}

bool tells_blobs(const SourceSettings& settings) {
  const bool is_registry = source_kind(settings.source).family == SourceFamily::kRegistry;
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
