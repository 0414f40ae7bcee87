// `dkr-ls repos`: lists each repository once.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/commands/commands.h"
#include "cli/output_flags.h"
#include "cli/parse.h"
#include "cli/source_flags.h"
#include "model/order.h"
#include "output/listing.h"

namespace dkr {
namespace {

/// Sorts names byte by byte, with `<none>` last either way.
void sort_names(std::vector<std::string>& names, std::span<const SortKey> keys) {
  const auto known = [](const std::string& name) {
    return name == kNone ? std::nullopt : std::optional<std::string_view>(name);
  };
  sort_by(names, keys, [&](const std::string& a, const std::string& b, SortKey key) {
    return compare_known(known(a), known(b), key.is_descending);
  });
}

CommandOutput run_repos(const CommandLine& line, Session& session) {
  const OutputFormat format = output_format(line, session);
  const std::vector<SortKey> keys = sort_keys(line);
  const auto source = open_source(line, session);
  RepositoryListing listing = session.wait(source->repositories());
  session.log.info("listed: {} repositories", listing.names.size());
  sort_names(listing.names, keys);
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
          .fields = names_of(repository_fields()),
          .sort_keys = {"repository"},
          .run = run_repos};
}

}  // namespace dkr
