// The commands of dkr-ls, and the table of them all. Each is defined in its own file in commands/.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/world.h"
#include "cli/candidate.h"
#include "cli/exit_status.h"
#include "cli/flags.h"
#include "cli/progress_line.h"
#include "model/listing.h"
#include "net/http.h"
#include "output/field.h"
#include "source/progress.h"

namespace dkr {

struct CommandLine;  // parse.h

/// What a command uses while it runs.
struct Session {
  World& world;
  HttpClient& client;  ///< for all requests; logs them
  ProgressLine& progress_line;
  Log& log;
  Progress progress = {};  ///< total of all sources

  /// Runs `task` to completion while showing the progress. Returns its result or throws what it
  /// threw.
  template <typename T>
  T wait(Task<T> task) {
    return dkr::wait(world.loop, std::move(task), [this] { progress_line.show(progress); });
  }
};

struct CommandOutput {
  std::string text;                    ///< what to print
  std::vector<Failure> failures = {};  ///< what could not be read and is missing from the text
  ExitStatus status = kSuccess;        ///< unless there are failures
};

enum class CommandKind {
  kPublic,
  kHidden,  ///< not in help; every word after it is an argument, even one that looks like a flag
};

struct Command {
  std::string name;
  std::string description;    ///< one line, without a final full stop
  std::string example = {};   ///< a comment line and a command line
  std::string argument = {};  ///< the arguments as usage shows them: `SHELL`
  std::size_t max_arguments = 0;
  Completer argument_values = nullptr;           ///< null: no completion
  std::vector<FlagGroup> flags = {};             ///< in addition to those of every command
  std::vector<FieldName> fields = {};            ///< for --format
  std::vector<Candidate> formats = {};           ///< values of --format that only it has
  std::vector<std::string_view> sort_keys = {};  ///< for --sort
  CommandKind kind = CommandKind::kPublic;
  /// Throws Error when nothing at all can be printed.
  CommandOutput (*run)(const CommandLine& line, Session& session);
};

/// The program itself, which stands in for a command when the command line names none.
const Command& program();

/// All public commands, sorted by name.
std::vector<const Command*> public_commands();

/// The command `name`, hidden ones included; null if there is none.
const Command* find_command(std::string_view name);

/// What the user types to run `command`: `dkr-ls tags`.
std::string full_name(const Command& command);

/// The flags that help lists as `command`'s own, sorted by name.
std::vector<const Flag*> own_flags(const Command& command);

/// The global flags that `command` inherits from the program, sorted by name; none for the program
/// itself, which owns them.
std::vector<const Flag*> inherited_flags(const Command& command);

/// The public commands, as completion candidates.
std::vector<Candidate> command_candidates(std::string_view typed, World& world,
                                          const Command& command);

}  // namespace dkr
