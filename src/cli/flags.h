// Commands and flags as Go's pflag has them, on top of CLI11: what they accept and what their
// errors say.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace dkr {

/// Help lists the flags that every command inherits apart from its own.
enum class Scope { kCommand, kGlobal };

/// How a flag is written and explained.
struct FlagText {
  std::string name;  ///< without the dashes: `host`
  /// What help says of its value: `int`, `string`, `stringArray`; empty for a switch.
  std::string type;
  std::string help;
  std::string default_value = {};         ///< as help shows it; empty: not shown
  std::string shorthand = {};             ///< one letter, without the dash; empty: none
  std::vector<std::string> aliases = {};  ///< other names, which help does not show
  Scope scope = Scope::kCommand;
};

/// Adds a command to `root`, which help describes in one line of text and shows with an example: a
/// comment and a command line, both on lines of their own.
CLI::App& add_command(CLI::App& root, const std::string& name, const std::string& description,
                      const std::string& example);

/// Adds a flag that takes a value. `take` gets the value of each occurrence, in order, and may
/// throw InvalidValue (values.h); parsing then throws an Error kUsage as pflag would print it:
/// `invalid argument "abc" for "--maxTags" flag: ...`.
void add_flag(CLI::App& app, const FlagText& text, std::function<void(const std::string&)> take);

/// Adds a flag that is true when it stands alone; `--sum=false` and the like work too.
void add_switch(CLI::App& app, const FlagText& text, bool& target);

/// Parses `arguments`, without the program's name, into the flags and commands of `app`. What it
/// does not know is left in app.remaining(). Throws Error kUsage.
void parse_flags(CLI::App& app, const std::vector<std::string>& arguments);

}  // namespace dkr
