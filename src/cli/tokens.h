// Splits a command line into flags with their values, and arguments, by the rules of Go's pflag
// (github.com/spf13/pflag) and cobra. Nothing is an error here, so that completion can use it on
// unfinished lines; parse.h reports errors.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace dkr {

struct Token {
  enum class Kind {
    kFlag,            ///< `flag` with its `value`
    kUnknownFlag,     ///< the command has no flag `text`
    kFlagNeedsValue,  ///< `flag` takes a value, but is the last word
    kUnknownCommand,  ///< `text` is in the place of the command
    kArgument,
  };
  Kind kind;
  /// As typed; for a flag, without its value. In a group of flags after one dash, each token starts
  /// with its own flag: `-xH` has the tokens `-xH` and `-H`.
  std::string text;
  const Flag* flag = nullptr;
  std::string value = {};
};

struct Tokens {
  const Command* command;  ///< the command that the line names, else program()
  std::vector<Token> list = {};
  bool flags_ended = false;  ///< there was a `--`; all words after it are arguments
};

/// `arguments` exclude the program's name.
Tokens tokenize(const std::vector<std::string>& arguments);

/// The flag of `command` or of the program with this name or alias; null if there is none.
const Flag* find_flag(const Command& command, std::string_view name);

}  // namespace dkr
