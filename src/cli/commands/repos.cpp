// `dkr-ls repos`: lists each repository once.
#include <utility>

#include "cli/commands/commands.h"
#include "cli/parse.h"
#include "cli/source_flags.h"
#include "output/listing.h"

namespace dkr {
namespace {

CommandOutput run_repos(const CommandLine& line, Session& session) {
  const auto source = open_source(line, session);
  RepositoryListing listing = session.wait(source->repositories());
  session.log.info("listed: {} repositories", listing.names.size());
  return {render_repositories(listing.names), std::move(listing.failures)};
}

}  // namespace

Command repos_command() {
  return {.name = "repos",
          .description = "List repositories, each once",
          .example =
              "  # Which repositories are on the engine of another machine?\n"
              "  dkr-ls repos --host tcp://build-server:2375",
          .run = run_repos};
}

}  // namespace dkr
