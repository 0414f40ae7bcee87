#include "cli/query.h"

#include <stdexcept>
#include <string>
#include <string_view>

#include "cli/parse.h"
#include "cli/usage.h"
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

}  // namespace

Query query_of(const CommandLine& line, const ImageSource& source) {
  const Settings& settings = line.settings;
  const SourceFamily family = source_kind(settings.source.source).family;
  if (settings.filter.unused && family != SourceFamily::kEngine) {
    throw usage_error(*line.command, "--unused needs an engine: only engines have containers");
  }
  Query query;
  query.filter = settings.filter;
  for (std::string& name : query.filter.names) name = source.displayed_name(name);
  query.platform = settings.platform.value_or(this_platform());
  query.is_platform_given = settings.platform.has_value();
  query.platforms = settings.platforms;
  return query;
}

void filter_rows(Listing& listing, const Filter& filter, Time now, Log& log) {
  log_count("read", listing, log);
  for (const auto& [rule, rows] : apply(filter, listing, now)) {
    log.info("{} keeps {} rows", flag_of(rule, filter), rows);
  }
  log_count("listed", listing, log);
}

}  // namespace dkr
