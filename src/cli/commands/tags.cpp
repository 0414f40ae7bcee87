// `dkr-ls tags`: lists one row per tag, with filters and an optional total.
#include <stdexcept>
#include <string>
#include <utility>

#include "cli/commands/commands.h"
#include "cli/parse.h"
#include "cli/source_flags.h"
#include "output/listing.h"

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
    case FilterRule::kMinAge:
      return "--minAge";
    case FilterRule::kMinSize:
      return "--minSize";
    case FilterRule::kMaxTags:
      return "--maxTags";
  }
  throw std::logic_error("a rule without a flag");
}

CommandOutput run_tags(const CommandLine& line, Session& session) {
  const auto source = open_source(line, session);
  Query query;
  query.filter = line.settings.filter;
  for (std::string& name : query.filter.names) name = source->displayed_name(name);
  query.platform = line.settings.platform;
  Listing listing = session.wait(source->list(query));
  log_count("read", listing, session.log);
  const Time now = session.world.clock.now();
  for (const auto& [rule, rows] : apply(query.filter, listing, now)) {
    session.log.info("{} keeps {} rows", flag_of(rule, query.filter), rows);
  }
  log_count("listed", listing, session.log);
  const Total total = line.settings.sum ? Total::kPrint : Total::kOmit;
  return {render_tags(listing, now, total), std::move(listing.failures)};
}

}  // namespace

Command tags_command() {
  return {.name = "tags",
          .description = "List images as docker images does, one line per tag, newest first",
          .example =
              "  # What is old, big and probably forgotten, and how much is it in all?\n"
              "  dkr-ls tags --minAge 90 --minSize 500MB --sum",
          .flags = {FlagGroup::kFilter, FlagGroup::kTags},
          .run = run_tags};
}

}  // namespace dkr
