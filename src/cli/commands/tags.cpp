// `dkr-ls tags`: one line per tag, filtered, and summed up.
#include <utility>

#include "cli/commands/commands.h"
#include "cli/parse.h"
#include "output/listing.h"

namespace dkr {
namespace {

void log_count(std::string_view done, const std::vector<Image>& images, Log& log) {
  if (!log.keeps(LogLevel::kInfo)) return;  // counting costs more than saying it
  log.info("{}: {} images in {} rows", done, count_distinct(images), images.size());
}

CommandOutput run(const CommandLine& line, Session& session) {
  const Filter& filter = line.settings.filter;
  auto [images, failures] = open_source(line, session)->list(filter);
  log_count("read", images, session.log);
  const Time now = session.world.clock.now();
  for (const auto& [flag, rows] : apply(filter, images, now)) {
    session.log.info("{} keeps {} rows", flag, rows);
  }
  log_count("listed", images, session.log);
  const Total total = line.settings.sum ? Total::kPrint : Total::kOmit;
  return {render_tags(images, now, total), std::move(failures)};
}

}  // namespace

Command tags_command() {
  return {.name = "tags",
          .description = "List images as docker images does, one line per tag, newest first",
          .example =
              "  # What is old, big and probably forgotten, and how much is it in all?\n"
              "  dkr-ls tags --minAge 90 --minSize 500MB --sum",
          .flags = {FlagGroup::kFilter, FlagGroup::kTags},
          .run = run};
}

}  // namespace dkr
