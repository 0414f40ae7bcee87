#include "cli/run.h"

#include <exception>
#include <new>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/parse.h"
#include "cli/progress_line.h"
#include "cli/usage.h"
#include "cli/version.h"
#include "net/logging_client.h"

namespace dkr {
namespace {

/// Where standard error is gone, the exit status is all that can still be said.
void print_error(std::string_view message, OutputStream& err, std::string_view advice = {}) {
  try {
    err.write(fmt::format("Error: {}\n{}", printable(message), advice));
  } catch (const Error&) {
  }
}

/// A usage error is followed by the usage, an other one by what the user can do about it.
void print_error(const Error& error, OutputStream& err) {
  if (error.kind() == ErrorKind::kUsage || error.hint().empty()) {
    print_error(error.what(), err, error.hint());
  } else {
    print_error(error.what(), err, fmt::format("Hint: {}\n", printable(error.hint())));
  }
}

/// What to print without running the command, if that is what the flags ask for.
std::optional<std::string> immediate_output(const CommandLine& line) {
  if (line.settings.help) return help_text(*line.command);
  if (line.settings.version) return fmt::format("{} version {}\n", program().name, kVersion);
  return std::nullopt;
}

ExitStatus run_command(const CommandLine& line, World& world) {
  ProgressLine progress_line(world.err, world.environment, world.clock);
  Log log(progress_line, world.clock, line.settings.log_level);
  LoggingClient client(world.http, world.clock, log);
  Session session{world, client, progress_line, log};
  const CommandOutput output = line.command->run(line, session);
  progress_line.erase();
  world.out.write(output.text);
  for (const Failure& failure : output.failures) print_error(failure.message, world.err);
  return output.failures.empty() ? kSuccess : kFailure;
}

/// Does what `arguments` ask for, errors apart.
ExitStatus dispatch(const std::vector<std::string>& arguments, World& world) {
  const CommandLine line = parse(arguments);
  if (const auto text = immediate_output(line)) {
    world.out.write(*text);
    return kSuccess;
  }
  return run_command(line, world);
}

}  // namespace

ExitStatus run(const std::vector<std::string>& arguments, World& world) {
  try {
    return dispatch(arguments, world);
  } catch (const Error& error) {
    // Whoever closed the pipe, such as head, has seen enough.
    if (error.kind() == ErrorKind::kReaderGone) return kSuccess;
    print_error(error, world.err);
    return error.kind() == ErrorKind::kUsage ? kBadUsage : kFailure;
  } catch (const std::bad_alloc&) {
    print_error("out of memory", world.err);
  } catch (const std::exception& error) {
    print_error(fmt::format("internal error: {}", error.what()), world.err);
  }
  return kFailure;
}

}  // namespace dkr
