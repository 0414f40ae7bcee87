#include "cli/repos.h"

#include "output/listing.h"

namespace dkr {

CLI::App* ReposCommand::add_to(CLI::App& root) {
  CLI::App* app = root.add_subcommand("repos", "List repositories, each once, newest image first");
  app->footer(
      "  # Which repositories are on the engine of another machine?\n"
      "  dkr-ls repos --host tcp://build-server:2375");
  return app;
}

std::string ReposCommand::output(std::vector<Image> images, Time /*now*/, Log& log) const {
  log_count("listed", images, log);
  return render_repositories(images);
}

}  // namespace dkr
