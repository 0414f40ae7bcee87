#include "cli/tags.h"

#include <utility>

#include "cli/flags.h"
#include "cli/values.h"
#include "output/listing.h"

namespace dkr {

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

Command::Result TagsCommand::run(ImageSource& source, const Clock& clock, Log& log) const {
  auto [images, failures] = source.list(filter_);
  log_count("read", images, log);
  const Time now = clock.now();
  for (const auto& [flag, rows] : apply(filter_, images, now)) {
    log.info("{} keeps {} rows", flag, rows);
  }
  log_count("listed", images, log);
  return {render_tags(images, now, sum_ ? Total::kPrint : Total::kOmit), std::move(failures)};
}

}  // namespace dkr
