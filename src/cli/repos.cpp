#include "cli/repos.h"

#include <utility>

#include "cli/flags.h"
#include "output/listing.h"

namespace dkr {

void ReposCommand::add_to(CLI::App& root) {
  add_command(root, std::string(name()), "List repositories, each once, newest image first",
              "  # Which repositories are on the engine of another machine?\n"
              "  dkr-ls repos --host tcp://build-server:2375");
}

Task<Command::Result> ReposCommand::run(ImageSource& source, const Platform& /*platform*/,
                                        const Clock& /*clock*/, Log& log) const {
  RepositoryListing listing = co_await source.repositories();
  log.info("listed: {} repositories", listing.names.size());
  co_return Result{render_repositories(listing.names), std::move(listing.failures)};
}

}  // namespace dkr
