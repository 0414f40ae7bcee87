// `dkr-ls __complete WORD...`, which the completion scripts of the shells call.
#include <limits>

#include "cli/commands/commands.h"
#include "cli/completion.h"
#include "cli/parse.h"

namespace dkr {
namespace {

CommandOutput run_complete(const CommandLine& line, Session& session) {
  return {complete(line.arguments, session.world)};
}

}  // namespace

Command complete_command() {
  return {.name = "__complete",
          .description = "Print what may stand in the place of the last of these words",
          .argument = "WORD...",
          .max_arguments = std::numeric_limits<std::size_t>::max(),
          .kind = CommandKind::kHidden,
          .run = run_complete};
}

}  // namespace dkr
