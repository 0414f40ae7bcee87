#include "cli/parse.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/docker_advice.h"
#include "cli/tokens.h"
#include "cli/usage.h"
#include "cli/values.h"

namespace dkr {
namespace {

void apply(const Token& token, CommandLine& line) {
  try {
    token.flag->read(line.settings, token.value);
  } catch (const InvalidValue& invalid) {
    throw usage_error(*line.command, fmt::format("invalid argument \"{}\" for \"{}\" flag: {}",
                                                 without_credentials(token.value),
                                                 shown_names(*token.flag), invalid.what()));
  }
}

std::string unknown_flag(const std::string& text) {
  const bool is_long = text.starts_with("--");
  std::string message = is_long ? "unknown flag: " + text
                                : fmt::format("unknown shorthand flag: '{}' in {}", text.at(1),
                                              without_credentials(text));
  const std::string_view advice = docker_advice(is_long ? text : text.substr(0, 2));
  if (!advice.empty()) message += fmt::format(" ({})", advice);
  return message;
}

std::string needs_value(const std::string& text) {
  if (text.starts_with("--")) return "flag needs an argument: " + text;
  return fmt::format("flag needs an argument: '{}' in {}", text.at(1), text);
}

}  // namespace

CommandLine parse(const std::vector<std::string>& arguments) {
  const Tokens tokens = tokenize(arguments);
  const Command& command = *tokens.command;
  CommandLine line{.command = &command};
  for (const Token& token : tokens.list) {
    switch (token.kind) {
      case Token::Kind::kFlag:
        apply(token, line);
        break;
      case Token::Kind::kUnknownFlag:
        throw usage_error(command, unknown_flag(token.text));
      case Token::Kind::kFlagNeedsValue:
        throw usage_error(command, needs_value(token.text));
      case Token::Kind::kUnknownCommand:
        throw unknown_command(token.text);
      case Token::Kind::kArgument:
        line.arguments.push_back(token.text);
        break;
    }
  }
  if (line.arguments.size() > command.max_arguments) {
    throw unexpected_argument(command, line.arguments.at(command.max_arguments));
  }
  return line;
}

}  // namespace dkr
