#include "cli/usage.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/values.h"

namespace dkr {
namespace {

/// The names and type of `flag` in a list of flags, indented if it has no shorthand.
std::string list_entry(const Flag& flag) {
  const std::string indent = flag.shorthand == '\0' ? "      " : "  ";
  return indent + shown_names(flag) + (flag.is_switch() ? "" : " " + flag.type);
}

/// The `flags` of `command`, one per line, under `title`; empty when there are none.
std::string flag_lines(std::string_view title, const std::vector<const Flag*>& flags,
                       const Command& command) {
  if (flags.empty()) return "";
  std::size_t width = 0;
  for (const Flag* flag : flags) width = std::max(width, list_entry(*flag).size());
  std::string text = fmt::format("\n{}:\n", title);
  for (const Flag* flag : flags) {
    text += fmt::format("{:<{}}   {}{}\n", list_entry(*flag), width, flag_help(*flag, command),
                        default_note(*flag));
  }
  return text;
}

std::string command_lines() {
  constexpr std::size_t kMinWidth = 11;  // cobra's
  std::string text = "\nAvailable Commands:\n";
  for (const Command* command : public_commands()) {
    text += fmt::format("  {:<{}} {}\n", command->name, kMinWidth, command->description);
  }
  return text;
}

enum class Examples { kOmit, kShow };

std::string usage_text(const Command& command, Examples examples) {
  const bool is_program = &command == &program();
  const std::string argument = command.argument.empty() ? "" : command.argument + " ";
  std::string text = fmt::format("Usage:\n  {} {}[{}]\n", full_name(command), argument,
                                 is_program ? "command" : "flags");
  if (examples == Examples::kShow && !command.example.empty()) {
    text += fmt::format("\nExamples:\n{}\n", command.example);
  }
  if (is_program) text += command_lines();
  text += flag_lines("Flags", own_flags(command), command);
  text += flag_lines("Global Flags", inherited_flags(command), command);
  if (is_program) {
    text += fmt::format("\nUse \"{} [command] --help\" for more information about a command.\n",
                        full_name(command));
  }
  return text;
}

/// The number of characters to insert, delete or replace to turn `a` into `b` (Levenshtein
/// distance).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

/// cobra's suggestions: the commands that differ in at most two characters, or start with what was
/// typed.
std::string suggestions(std::string_view typed) {
  constexpr std::size_t kMaxDistance = 2;
  constexpr std::size_t kMaxTyped = 64;  // bounds the work; no command is nearly as long
  if (typed.size() > kMaxTyped) return "";
  std::string lines;
  for (const Command* command : public_commands()) {
    const bool is_close = edit_distance(to_lower(typed), command->name) <= kMaxDistance;
    if (is_close || command->name.starts_with(to_lower(typed))) {
      lines += "\t" + command->name + "\n";
    }
  }
  return lines.empty() ? "" : "\nDid you mean this?\n" + lines + "\n";
}

std::string number_in_words(std::size_t number) {
  if (number == 0) return "none";
  if (number == 1) return "one";
  return number == 2 ? "two" : std::to_string(number);
}

/// `argument` for an error message. If it is a URL, it may contain a password.
std::string presentable(std::string_view argument) {
  const bool is_url = argument.find("://") != std::string_view::npos;
  return is_url ? without_credentials(argument) : std::string(argument);
}

}  // namespace

std::string help_text(const Command& command) {
  return command.description + "\n\n" + usage_text(command, Examples::kShow);
}

std::string flag_help(const Flag& flag, const Command& command) {
  std::string text = flag.help;
  const auto replace = [&](std::string_view placeholder, const std::string& by) {
    const std::size_t place = text.find(placeholder);
    if (place != std::string::npos) text.replace(place, placeholder.size(), by);
  };
  replace("COMMAND", command.name);
  std::string formats = "table, json";
  for (const Candidate& format : command.formats) formats += ", " + format.text;
  replace("FORMATS", formats);
  if (!command.sort_keys.empty()) replace("KEYS", alternatives(command.sort_keys));
  return text;
}

std::string default_note(const Flag& flag) {
  return flag.default_text.empty() ? "" : fmt::format(" (default {})", flag.default_text);
}

std::string shown_names(const Flag& flag) {
  const std::string name = "--" + flag.name;
  return flag.shorthand == '\0' ? name : fmt::format("-{}, {}", flag.shorthand, name);
}

Error usage_error(const Command& command, const std::string& message) {
  return {ErrorKind::kUsage, message, usage_text(command, Examples::kOmit) + "\n"};
}

Error unknown_command(std::string_view name) {
  const std::string program_name = full_name(program());
  return {ErrorKind::kUsage,
          fmt::format("unknown command \"{}\" for \"{}\"", presentable(name), program_name),
          fmt::format("{}Run '{} --help' for usage.\n", suggestions(name), program_name)};
}

Error unexpected_argument(const Command& command, const std::string& argument) {
  std::string message =
      fmt::format("unexpected argument \"{}\": \"{}\" takes {}", presentable(argument),
                  full_name(command), number_in_words(command.max_arguments));
  if (std::ranges::count(command.flags, FlagGroup::kFilter) > 0) {
    message += "; --repo names a repository";
  }
  return usage_error(command, message);
}

}  // namespace dkr
