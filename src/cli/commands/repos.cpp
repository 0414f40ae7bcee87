// `dkr-ls repos`: lists each repository once.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands/commands.h"
#include "cli/output_flags.h"
#include "cli/parse.h"
#include "cli/source_flags.h"
#include "cli/usage.h"
#include "output/listing.h"

namespace dkr {
namespace {

/// Sorts names byte by byte, with `<none>` last either way.
void sort_names(std::vector<std::string>& names, bool is_descending) {
  std::ranges::stable_sort(names, [&](const std::string& a, const std::string& b) {
    if (a == kNone || b == kNone) return b == kNone && a != kNone;
    return is_descending ? b < a : a < b;
  });
}

CommandOutput run_repos(const CommandLine& line, Session& session) {
  const OutputFormat format = output_format(line, session);
  const std::vector<SortKey>& keys = line.settings.sort;
  if (std::ranges::any_of(keys, [](const SortKey& k) { return k.by != SortBy::kRepository; })) {
    throw usage_error(*line.command, "--sort: repos can only be sorted by repository");
  }
  const bool is_descending = !keys.empty() && keys.front().is_descending;
  const auto source = open_source(line, session);
  RepositoryListing listing = session.wait(source->repositories());
  session.log.info("listed: {} repositories", listing.names.size());
  if (!line.settings.sort.empty()) sort_names(listing.names, is_descending);
  const LineStyle style{.now = session.world.clock.now(),
                        .clock = session.world.clock,
                        .source = line.settings.source.source};
  return {render_repositories(listing.names, format, style), std::move(listing.failures)};
}

}  // namespace

Command repos_command() {
  return {.name = "repos",
          .description = "List repositories, each once",
          .example =
              "  # Which repositories are on the engine of another machine?\n"
              "  dkr-ls repos --host tcp://build-server:2375",
          .flags = {FlagGroup::kOutput},
          .fields = repository_fields(),
          .sort_keys = {"repository"},
          .run = run_repos};
}

}  // namespace dkr
