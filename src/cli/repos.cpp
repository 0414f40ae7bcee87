#include "cli/repos.h"

#include "cli/flags.h"
#include "output/listing.h"

namespace dkr {

void ReposCommand::add_to(CLI::App& root) {
  add_command(root, std::string(name()), "List repositories, each once, newest image first",
              "  # Which repositories are on the engine of another machine?\n"
              "  dkr-ls repos --host tcp://build-server:2375");
}

std::string ReposCommand::output(std::vector<Image> images, Time /*now*/, Log& log) const {
  log_count("listed", images, log);
  return render_repositories(images);
}

}  // namespace dkr
