// `dkr-ls diff SOURCE_A SOURCE_B`: lists the tags in which two sources differ.
#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/exit_status.h"
#include "cli/output_flags.h"
#include "cli/parse.h"
#include "cli/source_flags.h"
#include "cli/usage.h"
#include "model/difference.h"
#include "output/difference.h"
#include "source/comparison.h"
#include "source/kinds.h"

namespace dkr {
namespace {

constexpr std::size_t kSources = 2;

/// Throws Error kUsage unless the arguments are two sources, and the flags leave them alone.
void check_sources(const CommandLine& line) {
  const Command& command = *line.command;
  if (line.settings.is_source_given) {
    throw usage_error(command, "--source is not for diff: its arguments are the two sources");
  }
  if (line.arguments.size() < kSources) {
    throw usage_error(command, "diff needs two sources: " + source_syntax());
  }
  bool may_name_engine = false;
  for (const std::string& source : line.arguments) {
    try {
      may_name_engine =
          source_kind(source).chosen_by == SourceKind::ChosenBy::kHostOrContext || may_name_engine;
    } catch (const Error& error) {
      throw usage_error(command, fmt::format("invalid source \"{}\": {}",
                                             without_credentials(source), error.what()));
    }
  }
  if (std::ranges::all_of(line.arguments, reads_standard_input)) {
    throw usage_error(command, "conflicting arguments: both sources read standard input");
  }
  check_source_flags(line, line.arguments);
  const auto& engine = line.settings.source.engine;
  if ((engine.host || engine.context) && !may_name_engine) {
    throw usage_error(command,
                      "conflicting options: --host and --context name the engine of a source "
                      "docker, and neither source is that");
  }
}

ComparisonQuery comparison_query(const CommandLine& line, Session& session) {
  const Settings& settings = line.settings;
  return {.filter = settings.filter,
          .renamings = settings.renamings,
          .platforms = settings.platforms,
          .platform = settings.platform.value_or(this_platform()),
          .is_platform_given = settings.platform.has_value(),
          .now = session.world.clock.now()};
}

CommandOutput run_diff(const CommandLine& line, Session& session) {
  check_sources(line);
  const OutputFormat format = output_format(line, session);
  const std::vector<SortKey> keys = sort_keys(line);
  const auto a = open_source(line.arguments.at(0), line, session);
  const auto b = open_source(line.arguments.at(1), line, session);
  Comparison comparison =
      session.wait(compare_sources(*a, *b, comparison_query(line, session), session.log));
  session.log.info("compared; tags that differ: {}", comparison.differences.size());
  sort_differences(comparison.differences, keys);
  return {.text = render_differences(comparison.differences, format),
          .failures = std::move(comparison.failures),
          .status = comparison.differences.empty() ? kSuccess : kDifferent};
}

}  // namespace

Command diff_command() {
  return {.name = "diff",
          .description = "List the tags in which two sources differ",
          .example =
              "  # What has not arrived in the second region?\n"
              "  dkr-ls diff registry:eu.example.com registry:us.example.com",
          .argument = "SOURCE_A SOURCE_B",
          .max_arguments = kSources,
          .argument_values = source_candidates,
          .flags = {FlagGroup::kFilter, FlagGroup::kOutput, FlagGroup::kDiff},
          .fields = names_of(difference_fields()),
          .sort_keys = {"status", "repository", "tag"},
          .run = run_diff};
}

}  // namespace dkr
