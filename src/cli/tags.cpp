#include "cli/tags.h"

#include <utility>

#include "cli/flags.h"
#include "cli/values.h"
#include "output/listing.h"

namespace dkr {
namespace {

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
    default:
      return "--maxTags";
  }
}

}  // namespace

void TagsCommand::add_to(CLI::App& root) {
  CLI::App& app =
      add_command(root, std::string(name()),
                  "List images as docker images does, one line per tag, newest first",
                  "  # What is old, big and probably forgotten, and how much is it in all?\n"
                  "  dkr-ls tags --minAge 90 --minSize 500MB --sum");
  add_flag(app,
           {.name = "minAge",
            .type = "int",
            .help = "only images created more than this many days (of 24 hours) ago",
            .aliases = {"min-age"}},
           [this](const std::string& value) { filter_.min_age_days = parse_count(value); });
  add_flag(app,
           {.name = "prefix",
            .type = "stringArray",
            .help = "only repositories whose name starts with this text; may be repeated"},
           [this](const std::string& value) { filter_.prefixes.push_back(value); });
  add_flag(app,
           {.name = "repo",
            .type = "stringArray",
            .help = "only the repository of exactly this name; may be repeated; a registry is then "
                    "not asked for its catalog"},
           [this](const std::string& value) { filter_.names.push_back(value); });
  add_flag(app,
           {.name = "maxTags",
            .type = "int",
            .help = "at most this many tags of each repository, the newest that pass the other "
                    "filters",
            .aliases = {"max-tags"}},
           [this](const std::string& value) { filter_.max_tags = parse_count(value); });
  add_flag(app,
           {.name = "minSize",
            .type = "string",
            .help = "only images bigger than this: 100MB, 1.5 GB (powers of 1000), 512KiB, 1GiB "
                    "(powers of 1024), 100 (bytes)",
            .aliases = {"min-size"}},
           [this](const std::string& value) { filter_.min_size = parse_size(value); });
  add_switch(app,
             {.name = "sum",
              .type = "",
              .help = "print the total size last, an image with several tags counted once"},
             sum_);
}

Task<Command::Result> TagsCommand::run(ImageSource& source, const Platform& platform,
                                       const Clock& clock, Log& log) const {
  Query query;  // named, since g++ 12 destroys an aggregate twice that is made within co_await
  query.filter = filter_;
  query.platform = platform;
  Listing listing = co_await source.list(std::move(query));
  log_count("read", listing, log);
  const Time now = clock.now();
  for (const auto& [rule, rows] : apply(filter_, listing, now)) {
    log.info("{} keeps {} rows", flag_of(rule, filter_), rows);
  }
  log_count("listed", listing, log);
  std::string text = render_tags(listing, now, sum_ ? Total::kPrint : Total::kOmit);
  co_return Result{std::move(text), std::move(listing.failures)};
}

}  // namespace dkr
