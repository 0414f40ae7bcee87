// Runs other programs, with pipes to and from a child process.
#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <spawn.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "system/running_program.h"
#include "system/system.h"

namespace dkr {

using std::chrono::milliseconds;

namespace {

constexpr std::size_t kMaxOutputBytes = std::size_t{1} << 20;
constexpr std::chrono::seconds kTimeout{60};
constexpr milliseconds kStatusPollInterval{2};
constexpr milliseconds kOutputPollInterval{20};

[[noreturn]] void fail(int error_number) {
  throw Error(ErrorKind::kUnreachable,
              to_lower(std::error_code(error_number, std::generic_category()).message()));
}

/// A pipe. Its ends can be closed separately; the destructor closes the remaining ones.
class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) fail(errno);
  }
  ~Pipe() {
    close_reading();
    close_writing();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  [[nodiscard]] int reading() const { return ends_[0]; }
  [[nodiscard]] int writing() const { return ends_[1]; }
  void close_reading() { close(ends_[0]); }
  void close_writing() { close(ends_[1]); }

 private:
  static void close(int& end) {
    if (end >= 0) ::close(std::exchange(end, -1));
  }
  std::array<int, 2> ends_{-1, -1};
};

/// Blocks the signals that end this process until it goes out of scope.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) sigaddset(&signals, signal);
    sigprocmask(SIG_BLOCK, &signals, &before_);
  }
  ~BlockedSignals() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;
  /// The signals that were blocked before.
  [[nodiscard]] const sigset_t& before() const { return before_; }

 private:
  sigset_t before_{};
};

/// What to kill, as kill() names it: a process, or a group if it is negative; 0: nothing. Signal
/// handlers read it.
std::atomic<pid_t> running_program = 0;  // NOLINT(*-avoid-non-const-global-variables)
static_assert(std::atomic<pid_t>::is_always_lock_free);

/// Whether this process has a terminal that a program may use.
bool has_terminal() {
  const int descriptor = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (descriptor >= 0) ::close(descriptor);
  return descriptor >= 0;
}

/// A child process. The destructor kills it if it is still running. Without a terminal it gets a
/// process group of its own, which is killed with it. On a terminal that would keep it from asking
/// the user for anything, and an interrupt reaches the whole group anyway.
class Child {
 public:
  Child(const std::vector<std::string>& command, int input, int output) {
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (const std::string& argument : command) {
      arguments.push_back(const_cast<char*>(argument.c_str()));  // NOLINT(*-const-cast): POSIX
    }
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    const BlockedSignals blocked;  // until running_program is set
    const bool has_group = !has_terminal();
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);  // a child would inherit that we ignore it
    sigaddset(&defaults, SIGXFSZ);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setsigmask(&attributes, &blocked.before());
    posix_spawnattr_setflags(&attributes,
                             static_cast<short>(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                                (has_group ? POSIX_SPAWN_SETPGROUP : 0)));
    const int error =
        ::posix_spawnp(&pid_, arguments[0], &files, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (error != 0) fail(error);
    running_program = has_group ? -pid_ : pid_;
  }
  ~Child() {
    if (pid_ <= 0) return;
    const BlockedSignals blocked;  // as in status()
    kill_running_program();
    ::waitpid(pid_, nullptr, 0);
    running_program = 0;
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// The exit status as a shell reports it; absent while the child is running. Throws Error
  /// kUnreachable when it cannot be had.
  std::optional<int> status() {
    constexpr int kSignalled = 128;
    const BlockedSignals blocked;  // until running_program is not set: its number may be reused
    int status = 0;
    const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
    if (ended == 0 || (ended < 0 && errno == EINTR)) return std::nullopt;
    running_program = 0;
    pid_ = -1;
    if (ended < 0) fail(errno);
    return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
};

/// Writes the next part of `input`, and closes the pipe at the end or if the child has closed it.
void feed(Pipe& pipe, std::string_view& input) {
  const ssize_t written = ::write(pipe.writing(), input.data(), input.size());
  if (written >= 0) input.remove_prefix(static_cast<std::size_t>(written));
  if (input.empty() || (written < 0 && errno != EINTR && errno != EAGAIN)) pipe.close_writing();
}

/// Appends what the child has written to `output`; false when the child has closed its end.
bool drain(const Pipe& pipe, std::string& output) {
  std::array<char, 4096> buffer{};
  const ssize_t count = ::read(pipe.reading(), buffer.data(), buffer.size());
  if (count < 0 && errno == EINTR) return true;
  if (count <= 0) return false;
  output.append(buffer.data(), static_cast<std::size_t>(count));
  if (output.size() > kMaxOutputBytes) throw Error(ErrorKind::kTooLarge, "output exceeds 1 MiB");
  return true;
}

/// Appends what is left in the pipe after the child has ended. Others may still write to it.
void drain_rest(const Pipe& pipe, std::string& output) {
  int left = 0;
  if (::ioctl(pipe.reading(), FIONREAD, &left) != 0) return;
  const std::size_t end = output.size() + static_cast<std::size_t>(left);
  while (output.size() < end && drain(pipe, output)) {
  }
}

}  // namespace

void kill_running_program() noexcept {
  if (const pid_t program = running_program; program != 0) ::kill(program, SIGKILL);
}

ProgramResult SystemPrograms::run(const std::vector<std::string>& command,
                                  std::string_view input) const {
  Pipe to_child;
  Pipe from_child;
  Child child(command, to_child.reading(), from_child.writing());
  to_child.close_reading();
  from_child.close_writing();
  ::fcntl(to_child.writing(), F_SETFL, O_NONBLOCK);
  if (input.empty()) to_child.close_writing();

  ProgramResult result;
  bool has_output = true;
  const auto deadline = SystemClock().steady() + kTimeout;
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - SystemClock().steady());
    if (left.count() <= 0) throw Error(ErrorKind::kTimedOut, "does not exit");
    if (const auto status = child.status()) {
      if (has_output) drain_rest(from_child, result.output);
      return {*status, std::move(result.output)};
    }
    // Nothing here signals that a child has ended, so look for it. It usually closes its output by
    // that, unless a process that it leaves behind holds it.
    const auto wait = std::min(left, has_output ? kOutputPollInterval : kStatusPollInterval);
    std::array<pollfd, 2> ends{
        {{has_output ? from_child.reading() : -1, POLLIN, 0}, {to_child.writing(), POLLOUT, 0}}};
    if (::poll(ends.data(), ends.size(), static_cast<int>(wait.count())) <= 0) continue;
    if (ends[1].revents != 0) feed(to_child, input);
    if (ends[0].revents != 0) has_output = drain(from_child, result.output);
  }
}

}  // namespace dkr
