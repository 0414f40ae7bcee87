#include "cli/flags.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/output_flags.h"
#include "cli/source_flags.h"
#include "cli/values.h"
#include "source/kinds.h"

namespace dkr {
namespace {

constexpr CountRange kTimeoutRange{.min = 0, .max = INT32_MAX};
constexpr std::string_view kAllPlatforms = "all";
constexpr CountRange kJobsRange{.min = 1, .max = 1000};
constexpr CountRange kMaxStaleRange{.min = 0, .max = INT32_MAX};

std::string source_help() {
  std::vector<std::string_view> usages;
  for (const SourceKind& kind : source_kinds()) usages.push_back(kind.usage);
  return fmt::format("where the images are: {}", fmt::join(usages, "; "));
}

std::vector<Flag> make_flags() {
  return {
      // Help, version and log.
      {.name = "help",
       .shorthand = 'h',
       .help = "help for COMMAND",
       .group = FlagGroup::kHelp,
       .read = [](Settings& s, const std::string& value) { s.help = parse_bool(value); }},
      {.name = "version",
       .shorthand = 'v',
       .help = "version for COMMAND",
       .group = FlagGroup::kProgram,
       .read = [](Settings& s, const std::string& value) { s.version = parse_bool(value); }},
      {.name = "log-level",
       .type = "string",
       .help = fmt::format("minimum level of log messages on standard error: {}, in upper or lower "
                           "case",
                           alternatives(kLogLevelNames)),
       .default_text = "\"WARNING\"",
       .group = FlagGroup::kGlobal,
       .read = [](Settings& s, const std::string& value) { s.log_level = read_log_level(value); },
       .values = log_level_candidates},

      // The source.
      {.name = "host",
       .shorthand = 'H',
       .type = "string",
       .help = "the engine to ask: unix:///PATH, tcp://HOST[:PORT][/PATH] or "
               "ssh://[USER@]HOST[:PORT][/SOCKET] (default: $DOCKER_HOST, else the current docker "
               "context)",
       .group = FlagGroup::kGlobal,
       .read = [](Settings& s,
                  const std::string& value) { s.source.engine.host = read_host(value); },
       .values = host_candidates},
      {.name = "context",
       .type = "string",
       .help = "the docker context whose engine to ask (default: $DOCKER_CONTEXT, else docker's "
               "current one)",
       .group = FlagGroup::kGlobal,
       .read = [](Settings& s, const std::string& value) { s.source.engine.context = value; },
       .values = context_candidates},
      {.name = "source",
       .type = "string",
       .help = source_help(),
       .default_text = "\"docker\"",
       .group = FlagGroup::kGlobal,
       .read =
           [](Settings& s, const std::string& value) {
             s.source.source = read_source(value);
             s.is_source_given = true;
           },
       .values = source_candidates},
      {.name = "timeout",
       .type = "int",
       .help = "seconds without progress (under 100 bytes a second) before a request is given up; "
               "0: no limit",
       .default_text = "60",
       .group = FlagGroup::kGlobal,
       .read =
           [](Settings& s, const std::string& value) {
             s.source.timeout = std::chrono::seconds(parse_count(value, kTimeoutRange));
           }},
      {.name = "platform",
       .type = "string",
       .help = "which image of multi-platform tags: os/arch[/variant], or all for a row for each "
               "(default: this machine's, or the first one if there is none; for du, all)",
       .group = FlagGroup::kGlobal,
       .read =
           [](Settings& s, const std::string& value) {
             s.platforms = to_lower(value) == kAllPlatforms ? Platforms::kAll : Platforms::kOne;
             s.platform.reset();
             if (s.platforms == Platforms::kOne) s.platform = read_platform(value);
           },
       .values = platform_candidates},
      {.name = "jobs",
       .type = "int",
       .help = "how many requests to send to a registry at the same time (default: 100 over "
               "HTTP/2, else 16)",
       .group = FlagGroup::kGlobal,
       .read = [](Settings& s,
                  const std::string& value) { s.source.jobs = parse_count(value, kJobsRange); }},
      {.name = "no-cache",
       .help = "neither read nor write the cache of registry answers in $XDG_CACHE_HOME/dkr-ls",
       .group = FlagGroup::kGlobal,
       .read =
           [](Settings& s, const std::string& value) {
             s.source.cache = parse_bool(value) ? CacheUse::kIgnore : CacheUse::kUse;
           }},
      {.name = "max-stale",
       .type = "int",
       .help = "take a registry's answers of at most this many minutes ago from the cache instead "
               "of asking again",
       .group = FlagGroup::kGlobal,
       .read =
           [](Settings& s, const std::string& value) {
             s.source.max_stale = std::chrono::minutes(parse_count(value, kMaxStaleRange));
           }},
      {.name = "namespace",
       .type = "string",
       .help = "the namespace of containerd (default: k8s.io, else default, else the only one)",
       .group = FlagGroup::kGlobal,
       .read = [](Settings& s,
                  const std::string& value) { s.source.name_space = read_name_space(value); }},
      {.name = "exact",
       .help = "on Docker Hub, read the manifests, which count as pulls, rather than its own API",
       .group = FlagGroup::kGlobal,
       .read = [](Settings& s,
                  const std::string& value) { s.source.is_exact = parse_bool(value); }},

      // Filters.
      {.name = "prefix",
       .type = "stringArray",
       .help = "only repositories whose name starts with this text; may be repeated",
       .group = FlagGroup::kFilter,
       .read = [](Settings& s, const std::string& value) { s.filter.prefixes.push_back(value); }},
      {.name = "repo",
       .type = "stringArray",
       .help = "only the repository with exactly this name; may be repeated; a registry is then "
               "not asked for its catalog",
       .group = FlagGroup::kFilter,
       .read = [](Settings& s, const std::string& value) { s.filter.names.push_back(value); }},
      {.name = "tag",
       .type = "stringArray",
       .help = "only tags that match this pattern, such as 'v1.*' or '<none>'; may be repeated",
       .group = FlagGroup::kFilter,
       .read = [](Settings& s,
                  const std::string& value) { s.filter.tags.push_back(read_pattern(value)); }},
      {.name = "exclude",
       .type = "stringArray",
       .help = "no tags that match this pattern; may be repeated",
       .group = FlagGroup::kFilter,
       .read =
           [](Settings& s, const std::string& value) {
             s.filter.excluded_tags.push_back(read_pattern(value));
           }},
      {.name = "keep",
       .type = "int",
       .help = "what may be removed if the newest so many tags of each repository, and all that "
               "they share, are to stay",
       .group = FlagGroup::kFilter,
       .read = [](Settings& s, const std::string& value) { s.filter.keep = parse_count(value); }},
      {.name = "minAge",
       .aliases = {"min-age"},
       .type = "int",
       .help = "only images created more than this many days (of 24 hours) ago",
       .group = FlagGroup::kFilter,
       .read = [](Settings& s,
                  const std::string& value) { s.filter.min_age_days = parse_count(value); }},
      {.name = "maxAge",
       .aliases = {"max-age"},
       .type = "int",
       .help = "only images created at most this many days (of 24 hours) ago",
       .group = FlagGroup::kFilter,
       .read = [](Settings& s,
                  const std::string& value) { s.filter.max_age_days = parse_count(value); }},
      {.name = "minSize",
       .aliases = {"min-size"},
       .type = "string",
       .help = "only images bigger than this: 100MB, 1.5 GB (powers of 1000), 512KiB, 1GiB (powers "
               "of 1024), 100 (bytes)",
       .group = FlagGroup::kFilter,
       .read = [](Settings& s,
                  const std::string& value) { s.filter.min_size = parse_size(value); }},

      {.name = "maxSize",
       .aliases = {"max-size"},
       .type = "string",
       .help = "only images of at most this size",
       .group = FlagGroup::kFilter,
       .read = [](Settings& s,
                  const std::string& value) { s.filter.max_size = parse_size(value); }},

      // How to print.
      {.name = "format",
       .type = "string",
       .help =
           "FORMATS, or a template such as '{{.Repository}}', with table before it for a header",
       .group = FlagGroup::kOutput,
       .read = [](Settings& s, const std::string& value) { s.format = value; },
       .values = format_candidates},
      {.name = "quiet",
       .shorthand = 'q',
       .help = "only print ids, or names",
       .group = FlagGroup::kOutput,
       .read = [](Settings& s, const std::string& value) { s.quiet = parse_bool(value); }},
      {.name = "sort",
       .type = "string",
       .help = "sort by KEYS; several with commas, - before one for descending",
       .group = FlagGroup::kOutput,
       .read = [](Settings& s, const std::string& value) { s.sort = value; },
       .values = sort_candidates},

      // Only for `tags`.
      {.name = "unused",
       .help = "only images that no container, running or stopped, uses; engines only",
       .group = FlagGroup::kUse,
       .read = [](Settings& s, const std::string& value) { s.filter.unused = parse_bool(value); }},
      {.name = "no-trunc",
       .help = "print whole ids",
       .group = FlagGroup::kTags,
       .read =
           [](Settings& s, const std::string& value) {
             s.ids = parse_bool(value) ? Ids::kWhole : Ids::kShort;
           }},
      {.name = "digests",
       .help = "show digests",
       .group = FlagGroup::kTags,
       .read =
           [](Settings& s, const std::string& value) {
             s.digests = parse_bool(value) ? Digests::kShow : Digests::kHide;
           }},
      {.name = "maxTags",
       .aliases = {"max-tags"},
       .type = "int",
       .help = "at most this many tags of each repository: the newest that pass the other filters",
       .group = FlagGroup::kTags,
       .read = [](Settings& s,
                  const std::string& value) { s.filter.max_tags = parse_count(value); }},
      {.name = "sum",
       .help = "print the total size in a last line; an image with several tags counts once",
       .group = FlagGroup::kTags,
       .read = [](Settings& s, const std::string& value) { s.sum = parse_bool(value); }},

      // Only for `diff`.
      {.name = "map",
       .type = "stringArray",
       .help =
           "PREFIX=PREFIX: compare repositories of SOURCE_A whose names start with the first with "
           "those of SOURCE_B whose names start with the second instead; may be repeated, the "
           "first that fits counts",
       .group = FlagGroup::kDiff,
       .read = [](Settings& s,
                  const std::string& value) { s.renamings.push_back(read_renaming(value)); }},
  };
}

}  // namespace

const std::vector<Flag>& all_flags() {
  static const std::vector<Flag> flags = [] {
    std::vector<Flag> sorted = make_flags();
    std::ranges::sort(sorted, {}, &Flag::name);
    return sorted;
  }();
  return flags;
}

}  // namespace dkr
