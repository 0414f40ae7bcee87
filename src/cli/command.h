// What a command of dkr-ls is, and the table of all commands. Each has a file of its own in
// commands/.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/world.h"
#include "cli/candidate.h"
#include "cli/flags.h"
#include "cli/progress_line.h"
#include "model/listing.h"
#include "net/http.h"
#include "source/progress.h"

namespace dkr {

struct CommandLine;  // parse.h

/// What a command works with while it runs.
struct Session {
  World& world;
  HttpClient& client;  ///< for all requests: it logs them
  ProgressLine& progress_line;
  Log& log;
  Progress progress = {};  ///< of all sources

  /// Runs `task` to its end, and shows how far the sources have come meanwhile. Gives its result or
  /// throws what it threw.
  template <typename T>
  T wait(Task<T> task) {
    return dkr::wait(world.loop, std::move(task), [this] { progress_line.show(progress); });
  }
};

struct CommandOutput {
  std::string text;                    ///< what to print
  std::vector<Failure> failures = {};  ///< what the text lacks because it could not be read
};

enum class CommandKind {
  kPublic,
  kHidden,  ///< not in help; all words behind it are arguments, also those that look like flags
};

struct Command {
  std::string name;
  std::string description;    ///< one line, without a full stop
  std::string example = {};   ///< a comment and a command line, both on lines of their own
  std::string argument = {};  ///< what it takes besides flags, as usage shows it: `SHELL`
  std::size_t max_arguments = 0;
  Completer argument_values = nullptr;  ///< null: nothing can be offered
  std::vector<FlagGroup> flags = {};    ///< besides those of every command
  CommandKind kind = CommandKind::kPublic;
  /// Throws Error when there is nothing at all to print.
  CommandOutput (*run)(const CommandLine& line, Session& session);
};

/// dkr-ls itself, for a command line that names no command.
const Command& program();

/// All public commands, sorted by name.
std::vector<const Command*> public_commands();

/// The command `name`, hidden ones included; null if there is none.
const Command* find_command(std::string_view name);

/// What the user types to run `command`: `dkr-ls tags`.
std::string full_name(const Command& command);

/// The flags that help lists as `command`'s own, sorted by name.
std::vector<const Flag*> own_flags(const Command& command);

/// The flags that every command inherits from the program, sorted by name; none for the program,
/// whose own they are.
std::vector<const Flag*> inherited_flags(const Command& command);

/// The public commands as candidates for the word that names one.
std::vector<Candidate> command_candidates(std::string_view typed, World& world);

}  // namespace dkr
