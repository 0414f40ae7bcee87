#include "cli/man_page.h"

#include <array>
#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/usage.h"
#include "cli/version.h"

namespace dkr {
namespace {

std::string flag_entry(const Flag& flag, const Command& command) {
  std::string names = "\\fB\\-\\-" + roff_escaped(flag.name) + "\\fR";
  if (flag.shorthand != '\0') names = fmt::format("\\fB\\-{}\\fR, {}", flag.shorthand, names);
  if (!flag.is_switch()) names += " \\fI" + flag.type + "\\fR";
  return fmt::format(".TP\n{}\n{}\n", names,
                     roff_escaped(flag_help(flag, command) + default_note(flag)));
}

/// Whether a flag belongs to every command. Those have a section of their own.
bool is_of_every_command(const Flag& flag) {
  return flag.group == FlagGroup::kGlobal || flag.group == FlagGroup::kHelp;
}

enum class Of { kThisCommand, kEveryCommand };

std::string flag_entries(const Command& command, Of wanted) {
  std::string text;
  for (const Flag* flag : own_flags(command)) {
    if (is_of_every_command(*flag) == (wanted == Of::kEveryCommand)) {
      text += flag_entry(*flag, command);
    }
  }
  return text;
}

std::string command_sections() {
  std::string text;
  for (const Command* command : public_commands()) {
    const std::string& argument = command->argument;
    text += fmt::format(".SS {}{}{}\n{}.\n", command->name, argument.empty() ? "" : " ", argument,
                        roff_escaped(command->description));
    text += flag_entries(*command, Of::kThisCommand);
    if (!command->example.empty()) {
      text += fmt::format(".PP\n.nf\n.RS\n{}\n.RE\n.fi\n", roff_escaped(command->example));
    }
  }
  return text;
}

}  // namespace

std::string man_page(std::string page_template) {
  const std::vector<std::pair<std::string_view, std::string>> parts = {
      {"@VERSION@", kVersion},
      {"@DESCRIPTION@\n", roff_escaped(program().description) + "\n"},
      {"@COMMANDS@\n", command_sections()},
      {"@FLAGS_OF_EVERY_COMMAND@\n", flag_entries(program(), Of::kEveryCommand)},
      {"@FLAGS_WITHOUT_A_COMMAND@\n", flag_entries(program(), Of::kThisCommand)},
  };
  for (const auto& [place, text] : parts) {
    const std::size_t at = page_template.find(place);
    if (at == std::string::npos) {
      throw std::invalid_argument(fmt::format("the template lacks {}", place));
    }
    page_template.replace(at, place.size(), text);
  }
  return page_template;
}

// The escapes are those of groff_char(7). Without them, hyphens, quotes and accents are printed as
// typographic characters, which do not work when copied into a shell.
std::string roff_escaped(std::string_view text) {
  constexpr std::string_view kSpecial = "\\-'`~^";
  constexpr std::array kEscapes = {"\\e", "\\-", "\\(aq", "\\(ga", "\\(ti", "\\(ha"};
  std::string result;
  for (const char c : text) {
    const std::size_t special = kSpecial.find(c);
    if (c == '.' && (result.empty() || result.back() == '\n')) result += "\\&";
    if (special == std::string_view::npos) {
      result += c;
    } else {
      result += kEscapes.at(special);
    }
  }
  return result;
}

}  // namespace dkr
