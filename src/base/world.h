// Interfaces to everything outside the program that it reads or writes. All access goes through a
// World, so that a unit test can run the whole program in memory. main.cpp provides the real
// implementations (system/system.h, net/curl_client.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
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

class Files {
 public:
  virtual ~Files() = default;
  /// The content of the file at `path`; absent when there is no such file. Throws Error kForbidden,
  /// kTooLarge (over `limit` bytes) or kMalformed (not readable, such as a directory). The message
  /// gives only the cause, not the path.
  [[nodiscard]] virtual std::optional<std::string> read(const std::string& path,
                                                        std::size_t limit) const = 0;
  /// Whether there is a file of any type at `path`.
  [[nodiscard]] virtual bool exists(const std::string& path) const = 0;
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

class Programs {
 public:
  virtual ~Programs() = default;
  /// Runs `command`, a program on PATH and its arguments, with `input` as standard input, and waits
  /// for it to exit, but not for processes that it leaves behind. Its standard error is discarded.
  /// Throws Error kUnreachable when it cannot be started or its status is not known, kTimedOut
  /// after a minute, kTooLarge when it prints more than 1 MiB.
  [[nodiscard]] virtual ProgramResult run(const std::vector<std::string>& command,
                                          std::string_view input) const = 0;
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
