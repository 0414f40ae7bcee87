// The kinds of source that --source can name: one table, from which the flag, its help and its
// completion are made. A new kind is one more row.
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

/// Where the images are, and how to ask for them.
struct SourceSettings {
  std::string source = "docker";     ///< as --source has it
  EngineChoice engine;               ///< for sources that are engines
  std::chrono::seconds timeout{60};  ///< without progress, then a request is given up; 0: never
  std::optional<std::size_t> jobs;   ///< requests in flight; absent: what fits the source
  CacheUse cache = CacheUse::kUse;   ///< of what registries have said before
};

/// What a source works with; all of it must outlive the source.
struct SourceContext {
  HttpClient& http;
  const World& world;
  Progress& progress;
  Log& log;
};

struct SourceKind {
  std::string_view name;    ///< what the text of --source is, or begins with: `registry:`
  std::string_view syntax;  ///< `registry:HOST[:PORT]`
  std::string_view help;    ///< a few words: `the local engine`
  /// Whether --host and --context choose among the sources of this kind.
  enum class ChosenBy { kHostOrContext, kSource } chosen_by;
  /// Throws Error kConfiguration unless `source`, which is of this kind, can be read.
  void (*check)(std::string_view source);
  /// Throws Error kConfiguration or kUnsupported when what the settings name cannot be used.
  std::unique_ptr<ImageSource> (*open)(const SourceSettings& settings,
                                       const SourceContext& context);
};

/// All of them, the default first.
std::span<const SourceKind> source_kinds();

/// The kind of `source`, the text of --source. Throws Error kConfiguration, which names the syntax
/// of all kinds, when it is of no kind or cannot be read.
const SourceKind& source_kind(std::string_view source);

}  // namespace dkr
