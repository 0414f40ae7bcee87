// The table of flags. Parsing, help, usage errors, the manual page and completion are all made from
// it: a new flag is one more entry.
#pragma once

#include <string>
#include <vector>

#include "cli/candidate.h"
#include "cli/settings.h"

namespace dkr {

/// Which commands have a flag. A command names the groups that it takes besides the first two.
enum class FlagGroup {
  kHelp,     ///< every command, and the program without one
  kGlobal,   ///< the same; help lists these apart from the command's own
  kProgram,  ///< only the program, without a command
  kFilter,   ///< which images and repositories are wanted
  kTags,     ///< of `tags` alone
};

struct Flag {
  std::string name;                       ///< without the dashes: `host`
  char shorthand = '\0';                  ///< without the dash; NUL: none
  std::vector<std::string> aliases = {};  ///< other names, which help does not show
  /// What help calls its value: `int`, `string`, `stringArray`; empty: a switch.
  std::string type = {};
  /// What help says about it; `COMMAND` stands for the name of the command.
  std::string help;
  std::string default_text = {};  ///< as help shows it; empty: not shown
  FlagGroup group;
  /// Reads the value of one occurrence and stores it. A switch that stands alone gets `true`.
  /// Throws InvalidValue (values.h).
  void (*read)(Settings& settings, const std::string& value);
  Completer values = nullptr;  ///< null: nothing can be offered

  [[nodiscard]] bool is_switch() const { return type.empty(); }
};

/// All flags, sorted by name.
const std::vector<Flag>& all_flags();

}  // namespace dkr
