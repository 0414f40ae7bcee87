#include "system/child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "system/file_descriptor.h"
#include "system/running_programs.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxPrograms = 8;  // two engines over ssh, a credential helper, and more

using Entry = std::atomic<pid_t>;
static_assert(Entry::is_always_lock_free);
std::array<Entry, kMaxPrograms> children;  // NOLINT(*-avoid-non-const-global-variables)

Entry& free_entry() {
  auto* const entry = std::ranges::find_if(children, [](const Entry& at) { return at == 0; });
  if (entry == children.end()) fail_with(EAGAIN);
  return *entry;
}

/// Ends what `target` names, as kill() does, and waits for the process. May be called in a signal
/// handler.
void end_program(pid_t target) {
  constexpr int kTries = 500;
  constexpr int kTryMilliseconds = 2;
  const pid_t process = std::abs(target);
  ::kill(target, SIGTERM);
  pid_t ended = 0;
  for (int tries = 0; ended == 0 && tries < kTries; ++tries) {
    if (tries > 0) ::poll(nullptr, 0, kTryMilliseconds);
    ended = ::waitpid(process, nullptr, WNOHANG);
  }
  if (target < 0 || ended == 0) ::kill(target, SIGKILL);
  if (ended == 0) ::waitpid(process, nullptr, 0);
}

/// What the child process has to know.
struct Start {
  char* const* arguments = nullptr;
  StandardStreams streams;
  const sigset_t& signals;  ///< those to be blocked
  bool has_group = false;
  pid_t parent = -1;
  int failure = -1;  ///< where to write the number of an error
};

[[noreturn]] void report_failure(int descriptor) noexcept {
  const int error_number = errno;
  [[maybe_unused]] const ssize_t written = ::write(descriptor, &error_number, sizeof(error_number));
  ::_exit(EXIT_FAILURE);
}

/// Makes a new process that of the program. Only functions that a signal handler may call are
/// called here, and what throws is not.
[[noreturn]] void become_program(const Start& start) noexcept {
  // Nobody else ends it when this process is killed.
  if (::prctl(PR_SET_PDEATHSIG, SIGTERM) != 0) report_failure(start.failure);
  if (::getppid() != start.parent) ::_exit(EXIT_FAILURE);  // was killed before
  if (start.has_group && ::setpgid(0, 0) != 0) report_failure(start.failure);
  // The handlers of this process are not for its child, which would inherit that it ignores others.
  struct sigaction action {};
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) {
    if (::sigaction(signal, nullptr, &action) != 0) report_failure(start.failure);
    if (action.sa_handler != SIG_IGN) std::signal(signal, SIG_DFL);
  }
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_DFL);
  int errors = start.streams.errors;
  if (errors < 0) errors = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (errors < 0 || ::dup2(start.streams.input, STDIN_FILENO) < 0 ||
      ::dup2(start.streams.output, STDOUT_FILENO) < 0 || ::dup2(errors, STDERR_FILENO) < 0) {
    report_failure(start.failure);
  }
  ::sigprocmask(SIG_SETMASK, &start.signals, nullptr);
  ::execvp(start.arguments[0], start.arguments);
  report_failure(start.failure);
}

/// The error that kept the process `child` from becoming the program; 0: none. `failure` is the
/// reading end of a pipe, whose other end only the child has.
int failure_of(pid_t child, int failure) {
  int error_number = 0;
  ssize_t count = -1;
  do {
    count = ::read(failure, &error_number, sizeof(error_number));
  } while (count < 0 && errno == EINTR);
  if (count != static_cast<ssize_t>(sizeof(error_number))) return 0;
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return error_number;
}

}  // namespace

void end_running_programs() noexcept {
  for (const Entry& entry : children) {
    if (const pid_t target = entry; target != 0) end_program(target);
  }
}

void fail_with(int error_number) {
  throw Error(ErrorKind::kUnreachable,
              to_lower(std::error_code(error_number, std::generic_category()).message()));
}

bool has_terminal() {
  return FileDescriptor(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)).get() >= 0;
}

BlockedSignals::BlockedSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) sigaddset(&signals, signal);
  sigprocmask(SIG_BLOCK, &signals, &before_);
}

BlockedSignals::~BlockedSignals() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

Child::Child(const std::vector<std::string>& command, const StandardStreams& streams)
    : entry_(free_entry()) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));  // NOLINT(*-const-cast): POSIX
  }
  arguments.push_back(nullptr);
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail_with(errno);
  const FileDescriptor reading(ends[0]);
  FileDescriptor writing(ends[1]);
  const BlockedSignals blocked;  // until the entry is set
  const bool has_group = !has_terminal();
  const Start start{arguments.data(), streams,    blocked.before(),
                    has_group,        ::getpid(), writing.get()};
  // Not posix_spawn(), which cannot have the child end with this process.
  pid_ = ::fork();
  if (pid_ < 0) fail_with(errno);
  if (pid_ == 0) become_program(start);
  writing.close();
  if (const int error = failure_of(pid_, reading.get()); error != 0) fail_with(error);
  entry_ = has_group ? -pid_ : pid_;
}

Child::~Child() {
  if (pid_ <= 0) return;
  const BlockedSignals blocked;  // as in status()
  end_program(entry_);
  entry_ = 0;
}

std::optional<int> Child::status() {
  constexpr int kSignalled = 128;
  const BlockedSignals blocked;  // until the entry is not set: the number may be reused
  int status = 0;
  const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
  if (ended == 0 || (ended < 0 && errno == EINTR)) return std::nullopt;
  entry_ = 0;
  pid_ = -1;
  if (ended < 0) fail_with(errno);
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
}

}  // namespace dkr
