// The table of the kinds of source for --source. Parsing and completing the flag use it, so adding
// a kind means adding a row.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/world.h"
#include "docker/engine_address.h"
#include "net/http.h"
#include "source/progress.h"
#include "source/source.h"

namespace dkr {

enum class CacheUse { kUse, kIgnore };

/// Selects a source, and sets how to access it.
struct SourceSettings {
  std::string source = "docker";      ///< the value of --source
  std::string named_by = "--source";  ///< what gave `source`, for messages
  EngineChoice engine;                ///< for plain `docker` only
  std::chrono::seconds timeout{60};   ///< without progress, then a request is aborted; 0: no limit
  std::optional<std::size_t> jobs;    ///< concurrent requests; absent: the source decides
  CacheUse cache = CacheUse::kUse;    ///< whether to use the cache of registries' content
  /// Answers of a registry that are at most so old are taken from the cache; absent: only content
  /// that cannot change is.
  std::optional<std::chrono::minutes> max_stale;
  /// Whether to read the manifests on Docker Hub, which counts them as pulls, rather than its API.
  bool is_exact = false;
  std::optional<std::string> name_space;  ///< of containerd; absent: the usual one
};

/// What a source uses; all of it must outlive the source.
struct SourceContext {
  HttpClient& http;
  const World& world;
  Progress& progress;
  Log& log;
};

/// What kinds of source have in common.
enum class SourceFamily {
  kEngine,      ///< tells which images containers use; but for its address, all settings are unused
  kRegistry,    ///< uses what SourceSettings says of registries
  kContainerd,  ///< has namespaces
  kFile,        ///< a layout or an archive
};

struct SourceKind {
  std::string_view name;    ///< the value of --source, or its prefix if it ends in a colon
  std::string_view syntax;  ///< for messages: `registry:HOST[:PORT][/NAMESPACE]`
  std::string_view help;    ///< for completion, a few words: `the local engine`
  std::string_view usage;   ///< for the help of --source, the syntax with what explains it
  SourceFamily family;
  /// Throws Error kConfiguration, which says what is expected, unless `source`, which is of this
  /// kind, is valid.
  void (*check)(std::string_view source);
  /// Throws Error kConfiguration, kUnsupported or kUnreachable when the source cannot be used.
  /// Layouts and archives are read here, and throw whatever is wrong with them.
  std::unique_ptr<ImageSource> (*open)(const SourceSettings& settings,
                                       const SourceContext& context);
  /// Whether --host and --context select the source, or --source alone.
  enum class ChosenBy { kHostOrContext, kSource } chosen_by = ChosenBy::kSource;
  /// What follows the name: a path, docker's context or the address of an engine, or another thing.
  enum class Value { kOther, kPath, kEngine } value = Value::kOther;
};

/// All kinds, the default first.
std::span<const SourceKind> source_kinds();

/// The syntax of all kinds, for messages: `docker, docker:CONTEXT or registry:HOST`.
std::string source_syntax();

/// Throws Error kConfiguration, which says what is expected, unless `name` can be that of a
/// namespace.
void check_name_space(std::string_view name);

/// Whether `source`, a valid value of --source, reads standard input.
bool reads_standard_input(std::string_view source);

/// Whether the source can answer Content::kBlobs. `settings.source` must be valid.
bool tells_blobs(const SourceSettings& settings);

/// The kind of `source`, the value of --source. Throws Error kConfiguration, which says what is
/// expected, when `source` is not valid.
const SourceKind& source_kind(std::string_view source);

}  // namespace dkr
