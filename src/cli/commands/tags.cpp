// `dkr-ls tags`: lists one row per tag, with filters and an optional total.
#include <string>
#include <utility>
#include <vector>

#include "cli/commands/commands.h"
#include "cli/output_flags.h"
#include "cli/parse.h"
#include "cli/query.h"
#include "cli/source_flags.h"
#include "model/order.h"
#include "output/listing.h"

namespace dkr {
namespace {

CommandOutput run_tags(const CommandLine& line, Session& session) {
  const Settings& settings = line.settings;
  const OutputFormat format = output_format(line, session);
  const std::vector<SortKey> keys = sort_keys(line);
  const auto source = open_source(line, session);
  Query query = query_of(line, *source);
  LineStyle style{.now = session.world.clock.now(),
                  .clock = session.world.clock,
                  .source = settings.source.source,
                  .ids = settings.ids,
                  .digests = format.reads("Digest") ? Digests::kShow : settings.digests};
  const bool is_table = format.is_default() && style.digests == Digests::kHide &&
                        settings.platforms == Platforms::kOne;
  query.detail = is_table ? Detail::kTable : Detail::kAll;
  Listing listing = session.wait(source->list(query));
  filter_rows(listing, query.filter, style.now, session.log);
  if (!keys.empty()) sort_rows(listing, keys);
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
          .flags = {FlagGroup::kFilter, FlagGroup::kUse, FlagGroup::kOutput, FlagGroup::kTags},
          .fields = names_of(tag_fields()),
          .sort_keys = {"created", "size", "repository", "tag", "id"},
          .run = run_tags};
}

}  // namespace dkr
