// Everything outside the program that it reads or changes. The program reaches the outside through
// a World alone, so that a unit test can run all of it in memory; main.cpp plugs in the real one
// (system/system.h, net/curl_client.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace dkr {

class HttpClient;  // net/http.h
class EventLoop;   // the same

/// Where text is written: standard output or standard error.
class OutputStream {
 public:
  virtual ~OutputStream() = default;
  /// Writes all of `text`. Throws Error: kReaderGone when nobody reads any more, else kOutput.
  virtual void write(std::string_view text) = 0;
  /// How many characters a line of the terminal holds that a person reads it on; absent when it is
  /// no terminal.
  [[nodiscard]] virtual std::optional<std::size_t> terminal_columns() const = 0;
};

class Files {
 public:
  virtual ~Files() = default;
  /// The content of the file at `path`, absent when there is no such file. Throws Error kForbidden,
  /// kTooLarge (over `limit` bytes) or kMalformed (cannot be read, such as a directory), whose
  /// message says the cause only.
  [[nodiscard]] virtual std::optional<std::string> read(const std::string& path,
                                                        std::size_t limit) const = 0;
  /// Whether something, of whatever type, is at `path`.
  [[nodiscard]] virtual bool exists(const std::string& path) const = 0;
  /// The names in the directory at `path`, sorted; none when it cannot be read.
  [[nodiscard]] virtual std::vector<std::string> list(const std::string& path) const = 0;
};

class Environment {
 public:
  virtual ~Environment() = default;
  /// The value of the environment variable `name`; an empty value counts as absent.
  [[nodiscard]] virtual std::optional<std::string> get(const std::string& name) const = 0;
};

/// What another program printed, and how it ended.
struct ProgramResult {
  int status = 0;      ///< 0: success; a signal counts as 128 and its number
  std::string output;  ///< what it wrote on its standard output
};

class Programs {
 public:
  virtual ~Programs() = default;
  /// Runs `command`, a program on PATH and its arguments, with `input` as standard input, and waits
  /// for its end; what it writes on standard error is dropped. Throws Error kUnreachable when it
  /// cannot be started, kTimedOut after a minute, kTooLarge when it prints over 1 MiB.
  [[nodiscard]] virtual ProgramResult run(const std::vector<std::string>& command,
                                          std::string_view input) const = 0;
};

class Clock {
 public:
  virtual ~Clock() = default;
  /// The time of day.
  [[nodiscard]] virtual std::chrono::sys_time<std::chrono::milliseconds> precise_now() const = 0;
  /// The same in whole seconds, for ages.
  [[nodiscard]] Time now() const { return std::chrono::floor<std::chrono::seconds>(precise_now()); }
  /// A clock that never jumps, for durations.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point steady() const = 0;
};

struct World {
  OutputStream& out;
  OutputStream& err;
  HttpClient& http;
  EventLoop& loop;
  const Files& files;
  const Programs& programs;
  const Environment& environment;
  const Clock& clock;
};

}  // namespace dkr
