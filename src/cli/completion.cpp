#include "cli/completion.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "cli/command.h"
#include "cli/tokens.h"
#include "cli/usage.h"

namespace dkr {
namespace {

using Candidates = std::vector<Candidate>;

Candidates flags_of(const Command& command) {
  Candidates result;
  for (const auto& flags : {own_flags(command), inherited_flags(command)}) {
    for (const Flag* flag : flags) {
      result.push_back({"--" + flag->name, flag_help(*flag, command)});
    }
  }
  return result;
}

/// The candidates for an argument, or for the command.
Candidates arguments(const Tokens& before, std::string_view word, World& world) {
  const auto given =
      static_cast<std::size_t>(std::ranges::count_if(before.list, [](const Token& token) {
        return token.kind == Token::Kind::kArgument || token.kind == Token::Kind::kUnknownCommand;
      }));
  if (before.command == &program()) {
    return given == 0 && !before.flags_ended ? command_candidates(word, world, program())
                                             : Candidates{};
  }
  const Command& command = *before.command;
  if (given >= command.max_arguments || command.argument_values == nullptr) return {};
  return command.argument_values(word, world, command);
}

Candidates values(const Flag* flag, std::string_view typed, World& world, const Command& command) {
  const bool has_values = flag != nullptr && flag->values != nullptr;
  return has_values ? flag->values(typed, world, command) : Candidates{};
}

Candidates candidates(const Tokens& before, const std::string& word, World& world) {
  if (!before.list.empty() && before.list.back().kind == Token::Kind::kFlagNeedsValue) {
    return values(before.list.back().flag, word, world, *before.command);
  }
  if (before.flags_ended) return arguments(before, word, world);
  const std::size_t equals = word.find('=');
  if (word.starts_with("--") && equals != std::string::npos) {
    const std::string name = word.substr(2, equals - 2);
    Candidates result =
        values(find_flag(*before.command, name), word.substr(equals + 1), world, *before.command);
    for (Candidate& candidate : result) candidate.text.insert(0, word, 0, equals + 1);
    return result;
  }
  Candidates result = arguments(before, word, world);
  // If nothing else can follow, offer the flags.
  if (word.starts_with('-') || result.empty()) result = flags_of(*before.command);
  return result;
}

}  // namespace

std::string complete(const std::vector<std::string>& words, World& world) {
  std::vector<std::string> before = words;
  std::string word;
  if (!before.empty()) {
    word = std::move(before.back());
    before.pop_back();
  }
  std::string lines;
  for (const auto& [text, description] : candidates(tokenize(before), word, world)) {
    if (!text.starts_with(word)) continue;
    lines += printable(text);
    if (!description.empty()) lines += "\t" + description;
    lines += "\n";
  }
  return lines;
}

}  // namespace dkr
