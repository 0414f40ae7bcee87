// A command line cut into flags with their values and arguments, by the rules of Go's pflag
// (github.com/spf13/pflag) and cobra. Nothing is an error here, so that completion can look at a
// line that is not finished; parse.h says what is wrong.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace dkr {

struct Token {
  enum class Kind {
    kFlag,            ///< `flag` with its `value`
    kUnknownFlag,     ///< `text` is no flag of the command
    kFlagNeedsValue,  ///< `flag`, which takes a value, is the last word
    kUnknownCommand,  ///< stands where a command should
    kArgument,
  };
  Kind kind;
  /// As typed, a flag without its value. Of flags grouped behind one dash those that come before
  /// are cut off: `-xH` has the tokens `-xH` and `-H`.
  std::string text;
  const Flag* flag = nullptr;
  std::string value = {};
};

struct Tokens {
  const Command* command;  ///< the one that is named, else program()
  std::vector<Token> list = {};
  bool flags_ended = false;  ///< there was a `--`: all words behind it are arguments
};

/// `arguments` are those of the program, without its own name.
Tokens tokenize(const std::vector<std::string>& arguments);

/// The flag of `command` or of the program that is called `name`, or has it as an alias; null if
/// there is none.
const Flag* find_flag(const Command& command, std::string_view name);

}  // namespace dkr
