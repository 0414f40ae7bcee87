// Runs other programs, with pipes to and from a child process.
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <fcntl.h>
#include <memory>
#include <poll.h>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/error.h"
#include "system/background_program.h"
#include "system/child.h"
#include "system/system.h"

namespace dkr {

using std::chrono::milliseconds;

namespace {

constexpr std::size_t kMaxOutputBytes = std::size_t{1} << 20;
constexpr std::chrono::seconds kTimeout{60};
constexpr milliseconds kStatusPollInterval{2};
constexpr milliseconds kOutputPollInterval{20};

/// A pipe. Its ends can be closed separately; the destructor closes the remaining ones.
class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) fail_with(errno);
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

ProgramResult SystemPrograms::run(const std::vector<std::string>& command,
                                  std::string_view input) const {
  Pipe to_child;
  Pipe from_child;
  Child child(command, {to_child.reading(), from_child.writing()});
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

std::unique_ptr<RunningProgram> SystemPrograms::start(const std::vector<std::string>& command,
                                                      int descriptor) const {
  return BackgroundProgram::start(command, descriptor);
}

bool SystemPrograms::can_ask_user() const { return has_terminal(); }

}  // namespace dkr
