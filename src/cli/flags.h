// The table of flags. Parsing, help, usage errors, the man page and completion all use it, so
// adding a flag means adding one entry.
#pragma once

#include <string>
#include <vector>

#include "cli/candidate.h"
#include "cli/settings.h"

namespace dkr {

/// Which commands have a flag. A command lists its groups; the first two belong to every command.
enum class FlagGroup {
  kHelp,     ///< every command, and the program itself
  kGlobal,   ///< the same; help lists these in a section of their own
  kProgram,  ///< of the program itself; help shows them there alone
  kFilter,   ///< filters on images and repositories
  kUse,      ///< filters on the use that containers make of images
  kOutput,   ///< how to print a listing
  kTags,     ///< only `tags`
  kDiff,     ///< only `diff`
};

struct Flag {
  std::string name;                       ///< without the dashes: `host`
  char shorthand = '\0';                  ///< without the dash; NUL: none
  std::vector<std::string> aliases = {};  ///< alternative names, not shown in help
  /// The type of its value as help shows it: `int`, `string`, `stringArray`; empty: a switch.
  std::string type = {};
  /// Its description in help; `COMMAND` is replaced by the name of the command,
  /// `KEYS` by its sort keys, and `FORMATS` by its formats.
  std::string help;
  std::string default_text = {};  ///< as help shows it; empty: not shown
  FlagGroup group;
  /// Parses the value of one occurrence and stores it. A switch without a value gets `true`. Throws
  /// InvalidValue (values.h).
  void (*read)(Settings& settings, const std::string& value);
  Completer values = nullptr;  ///< null: no completion

  [[nodiscard]] bool is_switch() const { return type.empty(); }
};

/// All flags, sorted by name.
const std::vector<Flag>& all_flags();

}  // namespace dkr
