// Everything outside the program that it reads or changes. The program reaches the outside through
// a World alone, so that a unit test can run all of it in memory; main.cpp plugs in the real one
// (system.h, curl_client.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dkr {

class HttpClient;  // net/http.h

/// A point in time in whole seconds since 1970-01-01 UTC, as engines report it.
using Time = std::chrono::sys_seconds;

/// Where text is written: standard output or standard error.
class OutputStream {
 public:
  virtual ~OutputStream() = default;
  /// Writes all of `text`. Throws Error: kReaderGone when nobody reads any more, else kOutput.
  virtual void write(std::string_view text) = 0;
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
};

class Environment {
 public:
  virtual ~Environment() = default;
  /// The value of the environment variable `name`; an empty value counts as absent.
  [[nodiscard]] virtual std::optional<std::string> get(const std::string& name) const = 0;
};

class Clock {
 public:
  virtual ~Clock() = default;
  /// The time of day, for ages.
  [[nodiscard]] virtual Time now() const = 0;
  /// A clock that never jumps, for durations.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point steady() const = 0;
};

struct World {
  OutputStream& out;
  OutputStream& err;
  HttpClient& http;
  const Files& files;
  const Environment& environment;
  const Clock& clock;
};

}  // namespace dkr
