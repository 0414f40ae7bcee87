// A World in memory, for running all or part of the program in a unit test.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "base/masked_output.h"
#include "base/world.h"
#include "support/scripted_http.h"

namespace dkr {

class FakeOutput final : public OutputStream {
 public:
  void write(std::string_view text) override;
  [[nodiscard]] std::optional<std::size_t> terminal_columns() const override { return columns; }

  std::string content;
  std::optional<std::size_t> columns;
  /// Thrown by every write.
  std::optional<Error> failure;
};

class FakeFiles final : public Files {
 public:
  /// The content that stands for a socket.
  static constexpr const char* kSocket = "(socket)";

  [[nodiscard]] std::optional<std::string> read(const std::string& path,
                                                std::size_t limit) const override;
  /// Reads a few bytes at a time, and skips as a seekable file does.
  [[nodiscard]] std::unique_ptr<InputFile> open(const std::string& path) const override;
  [[nodiscard]] bool exists(const std::string& path) const override;
  /// Whether the content at `path` is kSocket.
  [[nodiscard]] bool is_socket(const std::string& path) const override;
  [[nodiscard]] std::vector<std::string> list(const std::string& path) const override;

  /// The content at each path, or the error that reading it throws.
  std::map<std::string, std::variant<std::string, Error>> files;
};

/// Returns scripted results, and records the calls.
class FakePrograms final : public Programs {
 public:
  struct Call {
    std::vector<std::string> command;
    std::string input;
  };

  [[nodiscard]] ProgramResult run(const std::vector<std::string>& command,
                                  std::string_view input) const override;

  /// What a program that start() started does.
  struct Started {
    std::string errors;
    std::optional<int> status;
  };
  /// Thrown by start() for a program that is not among `background`.
  std::string start_failure = "no such file or directory";
  [[nodiscard]] std::unique_ptr<RunningProgram> start(const std::vector<std::string>& command,
                                                      int descriptor) const override;
  [[nodiscard]] bool can_ask_user() const override { return has_terminal; }

  std::map<std::string, ProgramResult> results;
  std::map<std::string, Started> background;
  bool has_terminal = false;
  mutable std::vector<Call> calls;
};

class FakeEnvironment final : public Environment {
 public:
  [[nodiscard]] std::optional<std::string> get(const std::string& name) const override;
  [[nodiscard]] std::optional<std::string> home() const override;

  std::map<std::string, std::string> variables;
  /// The home directory if HOME is not set.
  std::optional<std::string> user_home;
};

class FakeClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::sys_time<std::chrono::milliseconds> precise_now() const override {
    return time + passed;
  }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(passed);
  }

  [[nodiscard]] UtcOffset utc_offset(Time /*time*/) const override { return offset; }

  UtcOffset offset;
  /// Elapsed since `time`, the start of the test.
  std::chrono::milliseconds passed{0};
  Time time{std::chrono::sys_days{std::chrono::year{2020} / 9 / 20}};
};

/// A complete World of fakes, and a log that writes to `err`.
struct FakeWorld {
  FakeWorld();
  ~FakeWorld();
  FakeWorld(const FakeWorld&) = delete;
  FakeWorld& operator=(const FakeWorld&) = delete;

  FakeOutput out;
  FakeOutput err;
  FakeClock clock;
  ScriptedHttp http{clock.passed};
  FakeFiles files;
  FakePrograms programs;
  FakeEnvironment environment;
  MaskedOutput masked_err{err};
  World world{out, masked_err, http, http, files, programs, environment, clock};
  Log log{masked_err, clock, LogLevel::kTrace};
};

}  // namespace dkr
