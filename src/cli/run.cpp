#include "cli/run.h"

#include <exception>
#include <new>

#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/command_line.h"
#include "cli/completion.h"
#include "cli/progress_line.h"
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

ExitStatus run_command(const CommandLine& command_line, World& world) {
  ProgressLine line(world.err, world.environment, world.clock);
  Log log(line, world.clock, command_line.log_level());
  Progress progress;
  LoggingClient client(world.http, world.clock, log);
  const auto source = command_line.source().open({client, world, progress, log});
  const Command::Result result =
      wait(world.loop,
           command_line.command().run(*source, command_line.source().platform(), world.clock, log),
           [&] { line.show(progress); });
  line.erase();
  world.out.write(result.text);
  for (const Failure& failure : result.failures) print_error(failure.message, world.err);
  return result.failures.empty() ? kSuccess : kFailure;
}

/// Does what `arguments` ask for, errors apart.
ExitStatus obey(const std::vector<std::string>& arguments, World& world) {
  if (!arguments.empty() && arguments.front() == kCompleteCommand) {
    const std::vector<std::string> words(arguments.begin() + 1, arguments.end());
    world.out.write(complete(CommandLine().definitions(), words, world));
    return kSuccess;
  }
  const CommandLine command_line(arguments);
  if (const auto answer = command_line.answer()) {
    world.out.write(*answer);
    return kSuccess;
  }
  return run_command(command_line, world);
}

}  // namespace

ExitStatus run(const std::vector<std::string>& arguments, World& world) {
  try {
    return obey(arguments, world);
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
