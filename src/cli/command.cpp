#include "cli/command.h"

#include <algorithm>

#include "cli/commands/commands.h"
#include "cli/usage.h"

namespace dkr {
namespace {

const std::vector<Command>& table() {
  static const std::vector<Command> commands = {
      complete_command(), completion_command(), diff_command(), du_command(),
      help_command(),     repos_command(),      tags_command(),
  };
  return commands;
}

template <typename Predicate>
std::vector<const Flag*> flags_if(Predicate predicate) {
  std::vector<const Flag*> result;
  for (const Flag& flag : all_flags()) {
    if (predicate(flag.group)) result.push_back(&flag);
  }
  return result;
}

}  // namespace

const Command& program() {
  static const Command command{
      .name = "dkr-ls",
      .description =
          "List container images with their age and size, as docker images does, and filter them.\n"
          "It is read-only and never changes anything.",
      .flags = {FlagGroup::kGlobal, FlagGroup::kProgram},
      .run = [](const CommandLine& /*line*/, Session& /*session*/) {
        return CommandOutput{help_text(program())};
      }};
  return command;
}

std::vector<const Command*> public_commands() {
  std::vector<const Command*> result;
  for (const Command& command : table()) {
    if (command.kind == CommandKind::kPublic) result.push_back(&command);
  }
  std::ranges::sort(result, {}, &Command::name);
  return result;
}

const Command* find_command(std::string_view name) {
  const auto command = std::ranges::find(table(), name, &Command::name);
  return command == table().end() ? nullptr : &*command;
}

std::string full_name(const Command& command) {
  return &command == &program() ? command.name : program().name + " " + command.name;
}

std::vector<const Flag*> own_flags(const Command& command) {
  return flags_if([&](FlagGroup group) {
    return group == FlagGroup::kHelp || std::ranges::count(command.flags, group) > 0;
  });
}

std::vector<const Flag*> inherited_flags(const Command& command) {
  if (&command == &program()) return {};
  return flags_if([](FlagGroup group) { return group == FlagGroup::kGlobal; });
}

std::vector<Candidate> command_candidates(std::string_view /*typed*/, World& /*world*/,
                                          const Command& /*command*/) {
  std::vector<Candidate> result;
  for (const Command* command : public_commands()) {
    result.push_back({command->name, command->description});
  }
  return result;
}

}  // namespace dkr
