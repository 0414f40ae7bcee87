// `dkr-ls tags`: lists one row per tag, with filters and an optional total.
#include <stdexcept>
#include <string>
#include <utility>

#include "cli/commands/commands.h"
#include "cli/output_flags.h"
#include "cli/parse.h"
#include "cli/source_flags.h"
#include "cli/usage.h"
#include "output/listing.h"
#include "source/kinds.h"

namespace dkr {
namespace {

void log_count(std::string_view done, const Listing& listing, Log& log) {
  if (!log.keeps(LogLevel::kInfo)) return;  // counting is expensive
  log.info("{}: {} images in {} rows", done, count_distinct(listing), listing.rows.size());
}

/// The flag that set this part of `filter`.
std::string_view flag_of(FilterRule rule, const Filter& filter) {
  switch (rule) {
    case FilterRule::kRepository:
      if (filter.names.empty()) return "--prefix";
      return filter.prefixes.empty() ? "--repo" : "--repo or --prefix";
    case FilterRule::kTag:
      if (filter.tags.empty()) return "--exclude";
      return filter.excluded_tags.empty() ? "--tag" : "--tag and --exclude";
    case FilterRule::kKeep:
      return "--keep";
    case FilterRule::kMinAge:
      return "--minAge";
    case FilterRule::kMaxAge:
      return "--maxAge";
    case FilterRule::kMinSize:
      return "--minSize";
    case FilterRule::kMaxSize:
      return "--maxSize";
    case FilterRule::kUnused:
      return "--unused";
    case FilterRule::kMaxTags:
      return "--maxTags";
    case FilterRule::kShared:
      return "--keep, for what others share,";
  }
  throw std::logic_error("a rule without a flag");
}

/// Filters and sorts the listing.
void choose(Listing& listing, const Query& query, const Settings& settings, Time now, Log& log) {
  log_count("read", listing, log);
  for (const auto& [rule, rows] : apply(query.filter, listing, now)) {
    log.info("{} keeps {} rows", flag_of(rule, query.filter), rows);
  }
  log_count("listed", listing, log);
  if (!settings.sort.empty()) sort_rows(listing, settings.sort);
}

CommandOutput run_tags(const CommandLine& line, Session& session) {
  const Settings& settings = line.settings;
  const OutputFormat format = output_format(line, session);
  if (settings.filter.unused && !source_kind(settings.source.source).tells_containers) {
    throw usage_error(*line.command, "--unused needs an engine: only engines have containers");
  }
  const auto source = open_source(line, session);
  Query query;
  query.filter = settings.filter;
  for (std::string& name : query.filter.names) name = source->displayed_name(name);
  query.platform = settings.platform;
  query.platforms = settings.platforms;
  LineStyle style{.now = session.world.clock.now(),
                  .clock = session.world.clock,
                  .source = settings.source.source,
                  .ids = settings.ids,
                  .digests = format.reads("Digest") ? Digests::kShow : settings.digests};
  const bool is_table = format.is_default() && style.digests == Digests::kHide &&
                        settings.platforms == Platforms::kOne;
  query.detail = is_table ? Detail::kTable : Detail::kAll;
  Listing listing = session.wait(source->list(query));
  choose(listing, query, settings, style.now, session.log);
  const auto platforms =
      settings.platforms == Platforms::kAll ? PlatformColumn::kShow : PlatformColumn::kHide;
  const Total total = settings.sum ? Total::kPrint : Total::kOmit;
  return {render_tags(listing, format, style, platforms, total), std::move(listing.failures)};
}

}  // namespace

Command tags_command() {
  return {.name = "tags",
          .description = "List images as docker images does, one line per tag, newest first",
          .example =
              "  # What is old, big and probably forgotten, and how much is it in all?\n"
              "  dkr-ls tags --minAge 90 --minSize 500MB --sum",
          .flags = {FlagGroup::kFilter, FlagGroup::kOutput, FlagGroup::kTags},
          .fields = tag_fields(),
          .sort_keys = {"created", "size", "repository", "tag", "id"},
          .run = run_tags};
}

}  // namespace dkr
