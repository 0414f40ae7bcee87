// `dkr-ls du`: what each repository takes, with everything that is shared counted once.
#include <utility>
#include <vector>

#include "cli/commands/commands.h"
#include "cli/output_flags.h"
#include "cli/parse.h"
#include "cli/query.h"
#include "cli/source_flags.h"
#include "cli/usage.h"
#include "model/usage.h"
#include "output/treemap.h"
#include "output/usage.h"
#include "source/kinds.h"

namespace dkr {
namespace {

bool is_engine(const CommandLine& line) {
  return source_kind(line.settings.source.source).family == SourceFamily::kEngine;
}

/// What the rows that the filter keeps take. `listing` has all rows, whatever the filter.
UsageReport measure(Listing& listing, const CommandLine& line, const Query& query,
                    Session& session) {
  std::vector<Row> all = listing.rows;
  filter_rows(listing, query.filter, session.world.clock.now(), session.log);
  const std::vector<Row> listed = std::exchange(listing.rows, std::move(all));
  if (is_engine(line)) return measure_engine_usage(listing, listed);
  const bool is_one_platform = line.settings.platform.has_value();
  return measure_usage(listing, listed,
                       is_one_platform ? UsageOf::kOnePlatform : UsageOf::kAllPlatforms);
}

constexpr const char* kPicture = "svg";

CommandOutput run_du(const CommandLine& line, Session& session) {
  const OutputFormat format = output_format(line, session);
  const std::vector<SortKey> keys = sort_keys(line);
  if (!tells_blobs(line.settings.source)) {
    throw usage_error(*line.command,
                      "du needs --exact here: the API of Docker Hub does not tell layers, and "
                      "reading a manifest counts as a pull");
  }
  const auto source = open_source(line, session);
  Query query = query_of(line, *source);
  const Filter& filter = query.filter;
  query.content = Content::kBlobs;
  query.detail = Detail::kAll;
  query.dates = needs_dates(filter);
  const bool filters_images = query.dates || filter.min_size || filter.max_size;
  query.requires_image = filters_images || line.settings.platform;
  // All platforms count anyway, and rows matter to filters alone. Engines tell sizes of whole
  // images.
  if (is_engine(line) || !filters_images) query.platforms = Platforms::kOne;
  Listing listing = session.wait(source->list(query));
  UsageReport report = measure(listing, line, query, session);
  sort_usage(report, keys);
  if (report.unsized_tags > 0) {
    session.log.warn(
        "tags that count as nothing, since manifests of schema 1 do not tell sizes: {}",
        report.unsized_tags);
  }
  const bool is_picture = line.settings.format == kPicture;
  return {is_picture ? render_treemap(report) : render_usage(report, format),
          std::move(listing.failures)};
}

}  // namespace

Command du_command() {
  return {.name = "du",
          .description = "Show what each repository takes, shared layers counted once",
          .example =
              "  # What would be freed if only the five newest tags of each repository stayed?\n"
              "  dkr-ls du --source registry:registry.example.com --keep 5",
          .flags = {FlagGroup::kFilter, FlagGroup::kUse, FlagGroup::kOutput},
          .fields = names_of(usage_fields()),
          .formats = {{kPicture, "a picture of rectangles"}},
          .sort_keys = {"repository", "tags", "images", "size", "shared", "unique"},
          .run = run_du};
}

}  // namespace dkr
