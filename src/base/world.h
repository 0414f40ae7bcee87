// Interfaces to everything outside the program that it reads or writes. All access goes through a
// World, so that a unit test can run the whole program in memory. main.cpp provides the real
// implementations (system/system.h, net/curl_client.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace dkr {

class HttpClient;    // net/http.h
class EventLoop;     // net/http.h
class MaskedOutput;  // masked_output.h

/// Where text is written: standard output or standard error.
class OutputStream {
 public:
  virtual ~OutputStream() = default;
  /// Writes all of `text`. Throws Error kReaderGone when the reader has closed the pipe, kOutput
  /// when writing fails for another reason.
  virtual void write(std::string_view text) = 0;
  /// The width of the terminal in characters; absent when the stream is not a terminal.
  [[nodiscard]] virtual std::optional<std::size_t> terminal_columns() const = 0;
};

/// A file, or standard input, that is read once from its beginning. Functions throw Error
/// kMalformed, whose message gives only the cause, when reading fails.
class InputFile {
 public:
  virtual ~InputFile() = default;
  /// Reads up to `buffer.size()` bytes, and returns how many; 0 only at the end. Waits for them.
  virtual std::size_t read(std::span<char> buffer) = 0;
  /// Leaves out up to `count` bytes without reading them, and returns how many; 0 where only
  /// reading can pass them.
  virtual std::uint64_t skip(std::uint64_t count) = 0;
};

class Files {
 public:
  virtual ~Files() = default;
  /// The content of the file at `path`; absent when there is no such file. Throws Error kForbidden,
  /// kTooLarge (over `limit` bytes) or kMalformed (not readable, such as a directory). The message
  /// gives only the cause, not the path.
  [[nodiscard]] virtual std::optional<std::string> read(const std::string& path,
                                                        std::size_t limit) const = 0;
  /// Opens the file at `path`, of any size and any type but a directory. `path` `-` is standard
  /// input. Throws Error kUnreachable when there is no such file, kForbidden or kMalformed. The
  /// message gives only the cause, not the path.
  [[nodiscard]] virtual std::unique_ptr<InputFile> open(const std::string& path) const = 0;
  /// Whether there is a file of any type at `path`.
  [[nodiscard]] virtual bool exists(const std::string& path) const = 0;
  /// Whether there is a socket at `path`.
  [[nodiscard]] virtual bool is_socket(const std::string& path) const = 0;
  /// The names in the directory at `path`, sorted; empty when it cannot be read.
  [[nodiscard]] virtual std::vector<std::string> list(const std::string& path) const = 0;
};

class Environment {
 public:
  virtual ~Environment() = default;
  /// The value of the environment variable `name`; an empty value counts as absent.
  [[nodiscard]] virtual std::optional<std::string> get(const std::string& name) const = 0;
  /// The user's home directory: HOME, else the one in /etc/passwd; absent when neither names one.
  [[nodiscard]] virtual std::optional<std::string> home() const = 0;
};

/// What another program printed, and how it ended.
struct ProgramResult {
  int status = 0;      ///< 0: success; 128 + the number of the signal that killed it
  std::string output;  ///< its standard output
};

/// A program that runs beside this one. The destructor ends it.
class RunningProgram {
 public:
  virtual ~RunningProgram() = default;
  /// Becomes readable when the program has written to its standard error; -1 when nobody can any
  /// more. Remains owned by this object.
  [[nodiscard]] virtual int error_descriptor() const = 0;
  /// Takes in what the program has written to its standard error, without waiting for more.
  virtual void read_errors() = 0;
  /// The last 4 KiB of what read_errors() took in.
  [[nodiscard]] virtual const std::string& errors() const = 0;
  /// As ProgramResult::status; absent while the program is running. Throws Error kUnreachable when
  /// it is not known.
  [[nodiscard]] virtual std::optional<int> status() = 0;
};

class Programs {
 public:
  virtual ~Programs() = default;
  /// Runs `command`, a program on PATH and its arguments, with `input` as standard input, and waits
  /// for it to exit, but not for processes that it leaves behind. Its standard error is discarded.
  /// Throws Error kUnreachable when it cannot be started or its status is not known, kTimedOut
  /// after a minute, kTooLarge when it prints more than 1 MiB.
  [[nodiscard]] virtual ProgramResult run(const std::vector<std::string>& command,
                                          std::string_view input) const = 0;
  /// Starts `command`, a program on PATH and its arguments, with `descriptor` as standard input and
  /// output, which the caller still owns. Throws Error kUnreachable when it cannot be started.
  [[nodiscard]] virtual std::unique_ptr<RunningProgram> start(
      const std::vector<std::string>& command, int descriptor) const = 0;
  /// Whether a program may ask the user something, since there is a terminal.
  [[nodiscard]] virtual bool can_ask_user() const = 0;
};

/// How local time differs from UTC at some time.
struct UtcOffset {
  std::chrono::seconds east{0};
  std::string name = "UTC";  ///< the abbreviation of the time zone: `EEST`
};

class Clock {
 public:
  virtual ~Clock() = default;
  /// The time of day.
  [[nodiscard]] virtual std::chrono::sys_time<std::chrono::milliseconds> precise_now() const = 0;
  /// The time of day in whole seconds, for computing ages.
  [[nodiscard]] Time now() const { return std::chrono::floor<std::chrono::seconds>(precise_now()); }
  /// A monotonic clock, for measuring durations.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point steady() const = 0;
  /// The offset of the user's time zone at `time`.
  [[nodiscard]] virtual UtcOffset utc_offset(Time time) const = 0;
};

struct World {
  OutputStream& out;
  MaskedOutput& err;
  HttpClient& http;
  EventLoop& loop;
  const Files& files;
  const Programs& programs;
  const Environment& environment;
  const Clock& clock;
};

}  // namespace dkr
