#include "system/system.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <new>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/allocation.h"
#include "base/error.h"
#include "base/text.h"
#include "system/file_descriptor.h"
#include "system/running_programs.h"

namespace dkr {
namespace {

std::string describe(int error_number) {
  return to_lower(std::error_code(error_number, std::generic_category()).message());
}

/// Terminates by the signal itself, so that a shell loop around the program ends too. The first
/// process of a container is not killed by signals, so it exits with the status that a shell would
/// report.
void terminate_by(int signal) {
  end_running_programs();
  std::signal(signal, SIG_DFL);
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, signal);
  sigprocmask(SIG_UNBLOCK, &mask, nullptr);
  std::raise(signal);
  ::_exit(128 + signal);
}

void write_to_stderr(std::string_view text) {
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

void erase_progress_line() { write_to_stderr("\r\x1b[K"); }

void erase_line_and_terminate(int signal) {
  erase_progress_line();
  terminate_by(signal);
}

[[noreturn]] void end_out_of_memory() {
  end_running_programs();
  if (::isatty(STDERR_FILENO) == 1) erase_progress_line();
  write_to_stderr("Error: out of memory\n");
  ::_exit(EXIT_FAILURE);
}

}  // namespace

void prepare_process() {
  std::set_new_handler(end_out_of_memory);
  check_openssl_allocations();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  // If the parent ignores it, which is inherited, nobody learns how a program ended.
  std::signal(SIGCHLD, SIG_DFL);
  const bool has_terminal = ::isatty(STDERR_FILENO) == 1;
  const auto handler = has_terminal ? erase_line_and_terminate : terminate_by;
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) {
    // If the parent ignores a signal, as nohup does, keep ignoring it.
    if (std::signal(signal, handler) == SIG_IGN) std::signal(signal, SIG_IGN);
  }
  // open() returns the lowest free descriptor. It is read-only, so that writing still fails.
  for (int descriptor = 0; descriptor >= 0 && descriptor <= STDERR_FILENO;) {
    descriptor = ::open("/dev/null", O_RDONLY);
    if (descriptor > STDERR_FILENO) ::close(descriptor);
  }
}

void SystemOutput::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd writable{descriptor_, POLLOUT, 0};  // another process made the pipe non-blocking
      ::poll(&writable, 1, -1);
    } else if (errno == EPIPE) {
      throw Error(ErrorKind::kReaderGone, name_ + ": the reader has closed the pipe");
    } else if (errno != EINTR) {
      throw Error(ErrorKind::kOutput, fmt::format("cannot write to {}: {}", name_, describe(errno)),
                  "the listing is incomplete; make room or write it elsewhere");
    }
  }
}

std::optional<std::size_t> SystemOutput::terminal_columns() const {
  constexpr std::size_t kUsual = 80;
  if (::isatty(descriptor_) != 1) return std::nullopt;
  winsize size{};
  if (::ioctl(descriptor_, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
  return size.ws_col;
}

std::optional<std::string> SystemFiles::read(const std::string& path, std::size_t limit) const {
  const auto fail = [](int error_number) -> Error {
    return {error_number == EACCES ? ErrorKind::kForbidden : ErrorKind::kMalformed,
            describe(error_number)};
  };
  // Without O_NONBLOCK, opening a named pipe would wait for a writer.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (descriptor < 0) throw fail(errno);
  const FileDescriptor file(descriptor);
  std::string content;
  std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw fail(errno);
    if (count == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(count));
    if (content.size() > limit) {
      throw Error(ErrorKind::kTooLarge, fmt::format("over {} bytes", limit));
    }
  }
}

bool SystemFiles::exists(const std::string& path) const {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

bool SystemFiles::is_socket(const std::string& path) const {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
}

std::vector<std::string> SystemFiles::list(const std::string& path) const {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

std::optional<std::string> SystemEnvironment::get(const std::string& name) const {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::optional<std::string> SystemEnvironment::home() const {
  constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
  if (auto home = get("HOME")) return home;
  try {
    return home_in_passwd(SystemFiles().read("/etc/passwd", kMaxBytes).value_or(""), ::getuid());
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<std::string> home_in_passwd(std::string_view passwd, unsigned int id) {
  constexpr std::size_t kId = 2;
  constexpr std::size_t kHome = 5;
  constexpr std::size_t kFields = 7;
  while (!passwd.empty()) {
    std::string_view line = passwd.substr(0, passwd.find('\n'));
    passwd.remove_prefix(std::min(line.size() + 1, passwd.size()));
    std::array<std::string_view, kFields> fields;
    for (std::string_view& field : fields) {
      field = line.substr(0, line.find(':'));
      line.remove_prefix(std::min(field.size() + 1, line.size()));
    }
    if (fields[kId] == std::to_string(id) && !fields[kHome].empty()) {
      return std::string(fields[kHome]);
    }
  }
  return std::nullopt;
}

std::chrono::sys_time<std::chrono::milliseconds> SystemClock::precise_now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::chrono::steady_clock::time_point SystemClock::steady() const {
  return std::chrono::steady_clock::now();
}

}  // namespace dkr
