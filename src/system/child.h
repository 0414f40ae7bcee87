// Child processes, which end when this process does.
#pragma once

#include <atomic>
#include <csignal>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace dkr {

/// Throws Error kUnreachable with the message of the system.
[[noreturn]] void fail_with(int error_number);

/// Whether this process has a terminal that a program may use.
bool has_terminal();

/// Blocks the signals that end this process until it goes out of scope.
class BlockedSignals {
 public:
  BlockedSignals();
  ~BlockedSignals();
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;
  /// The signals that were blocked before.
  [[nodiscard]] const sigset_t& before() const { return before_; }

 private:
  sigset_t before_{};
};

/// What a child process has as its standard input, output and error; remain owned by the caller.
struct StandardStreams {
  int input = -1;
  int output = -1;
  int errors = -1;  ///< -1: /dev/null
};

/// A child process. The destructor ends it if it is still running. Without a terminal it gets a
/// process group of its own, which ends with it. On a terminal that would keep it from asking the
/// user for anything, and an interrupt reaches the whole group anyway.
class Child {
 public:
  /// Runs `command`, a program on PATH and its arguments. Throws Error kUnreachable.
  Child(const std::vector<std::string>& command, const StandardStreams& streams);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// The exit status as a shell reports it; absent while the child is running. To be asked for only
  /// until it is there. Throws Error kUnreachable when it cannot be had.
  std::optional<int> status();

 private:
  /// Where the handler of signals finds what to end, as kill() names it: a process, or a group if
  /// it is negative; 0: nothing.
  std::atomic<pid_t>& entry_;
  pid_t pid_ = -1;
};

}  // namespace dkr
