// `dkr-ls completion SHELL`: prints the completion script for a shell.
#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/completion_scripts.h"
#include "cli/parse.h"
#include "cli/usage.h"
#include "cli/values.h"

namespace dkr {
namespace {

constexpr std::array<std::string_view, 3> kShells = {"bash", "zsh", "fish"};
constexpr std::array kScripts = {kBashCompletion, kZshCompletion, kFishCompletion};

std::vector<Candidate> shell_candidates(std::string_view /*typed*/, World& /*world*/,
                                        const Command& /*command*/) {
  std::vector<Candidate> result;
  result.reserve(kShells.size());
  for (const std::string_view shell : kShells) result.push_back({std::string(shell)});
  return result;
}

CommandOutput run_completion(const CommandLine& line, Session& /*session*/) {
  const std::string shell = line.arguments.empty() ? "" : line.arguments.front();
  const auto* const found = std::ranges::find(kShells, shell);
  if (found != kShells.end()) {
    return {kScripts.at(static_cast<std::size_t>(found - kShells.begin()))};
  }
  throw usage_error(*line.command,
                    shell.empty() ? "completion needs the name of a shell: " + alternatives(kShells)
                                  : fmt::format("no completion for \"{}\": it has to be {}", shell,
                                                alternatives(kShells)));
}

}  // namespace

Command completion_command() {
  return {.name = "completion",
          .description = "Print the completion script of a shell: " + alternatives(kShells),
          .example =
              "  # Complete command lines of dkr-ls in this shell:\n"
              "  source <(dkr-ls completion bash)",
          .argument = "SHELL",
          .max_arguments = 1,
          .argument_values = shell_candidates,
          .run = run_completion};
}

}  // namespace dkr
