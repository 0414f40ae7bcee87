// `dkr-ls help [command]`.
#include "cli/commands/commands.h"
#include "cli/parse.h"
#include "cli/usage.h"

namespace dkr {
namespace {

CommandOutput run_help(const CommandLine& line, Session& /*session*/) {
  if (line.arguments.empty()) return {help_text(program())};
  const std::string& topic = line.arguments.front();
  const Command* command = find_command(topic);
  if (command == nullptr || command->kind == CommandKind::kHidden) throw unknown_command(topic);
  return {help_text(*command)};
}

}  // namespace

Command help_command() {
  return {.name = "help",
          .description = "Help about any command",
          .argument = "[command]",
          .max_arguments = 1,
          .argument_values = command_candidates,
          .run = run_help};
}

}  // namespace dkr
