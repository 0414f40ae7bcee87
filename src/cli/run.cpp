#include "cli/run.h"

#include <exception>
#include <new>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"
#include "base/masked_output.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/parse.h"
#include "cli/progress_line.h"
#include "cli/usage.h"
#include "cli/version.h"
#include "net/logging_client.h"
#include "net/proxy.h"

namespace dkr {
namespace {

/// Ignores write errors: if standard error is gone, only the exit status remains.
void print_error(std::string_view message, OutputStream& err, std::string_view advice = {}) {
  try {
    err.write(fmt::format("Error: {}\n{}", printable(message), advice));
  } catch (const Error&) {
  }
}

/// The hint of a usage error is the usage, which is printed as it is.
void print_error(const Error& error, OutputStream& err) {
  if (error.kind() == ErrorKind::kUsage || error.hint().empty()) {
    print_error(error.what(), err, error.hint());
  } else {
    print_error(error.what(), err, fmt::format("Hint: {}\n", printable(error.hint())));
  }
}

/// The output for --help or --version, instead of running the command.
std::optional<std::string> immediate_output(const CommandLine& line) {
  if (line.settings.help) return help_text(*line.command);
  if (line.settings.version) return fmt::format("{} version {}\n", program().name, kVersion);
  return std::nullopt;
}

ExitStatus run_command(const CommandLine& line, World& world) {
  ProgressLine progress_line(world.err, world.environment, world.clock);
  Log log(progress_line, world.clock, line.settings.log_level);
  hide_proxy_passwords(world.environment, world.err);
  LoggingClient client(world.http, world.clock, log);
  Session session{world, client, progress_line, log};
  const CommandOutput output = line.command->run(line, session);
  progress_line.erase();
  world.out.write(output.text);
  for (const Failure& failure : output.failures) print_error(failure.message, world.err);
  return output.failures.empty() ? output.status : kFailure;
}

/// Parses and runs the command line, but lets errors through.
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
    // A reader such as head closes the pipe when it has read enough.
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
