// The real World, except for HTTP: file descriptors, the file system, other programs, environment
// variables and the clock. Everything else accesses these through a World.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/world.h"

namespace dkr {

/// The home directory of the user `id` in `passwd`, the content of /etc/passwd (passwd(5)); absent
/// when there is none.
std::optional<std::string> home_in_passwd(std::string_view passwd, unsigned int id);

/// Prepares the process. Writing to a closed pipe, or beyond the limit on the size of files,
/// becomes an error instead of a signal. Interrupts end the process and the programs that
/// SystemPrograms is running at once. An allocation that fails ends it too, with "out of memory"
/// and status 1: neither destructors nor libraries can be relied on to do without memory. File
/// descriptors 0 to 2 are opened if they are closed, so that no file opened later is mistaken for
/// standard output. Call once, before anything else.
void prepare_process();

class SystemOutput final : public OutputStream {
 public:
  /// `descriptor` remains owned by the caller. `name` is for messages: `standard output`.
  SystemOutput(int descriptor, std::string_view name) : descriptor_(descriptor), name_(name) {}
  void write(std::string_view text) override;
  [[nodiscard]] std::optional<std::size_t> terminal_columns() const override;

 private:
  int descriptor_;
  std::string name_;
};

class SystemFiles final : public Files {
 public:
  [[nodiscard]] std::optional<std::string> read(const std::string& path,
                                                std::size_t limit) const override;
  [[nodiscard]] std::unique_ptr<InputFile> open(const std::string& path) const override;
  [[nodiscard]] bool exists(const std::string& path) const override;
  [[nodiscard]] bool is_socket(const std::string& path) const override;
  [[nodiscard]] std::vector<std::string> list(const std::string& path) const override;
};

class SystemPrograms final : public Programs {
 public:
  [[nodiscard]] ProgramResult run(const std::vector<std::string>& command,
                                  std::string_view input) const override;
  [[nodiscard]] std::unique_ptr<RunningProgram> start(const std::vector<std::string>& command,
                                                      int descriptor) const override;
  [[nodiscard]] bool can_ask_user() const override;
};

class SystemEnvironment final : public Environment {
 public:
  [[nodiscard]] std::optional<std::string> get(const std::string& name) const override;
  [[nodiscard]] std::optional<std::string> home() const override;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::sys_time<std::chrono::milliseconds> precise_now() const override;
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override;
  /// By Go's rules, as docker shows local time: the file that TZ names, /etc/localtime if it is not
  /// set, and UTC if there is no such file. TZ may not be a rule such as `EET-2EEST`.
  [[nodiscard]] UtcOffset utc_offset(Time time) const override;
};

}  // namespace dkr
