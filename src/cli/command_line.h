// The command line of dkr-ls: its flags and commands, and what they were set to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/log.h"
#include "cli/repos.h"
#include "cli/source_flags.h"
#include "cli/tags.h"

namespace dkr {

class CommandLine {
 public:
  /// Reads `arguments`, without the program's own name. Throws Error kUsage.
  explicit CommandLine(const std::vector<std::string>& arguments);
  /// One that nothing was given to: its definitions are what counts.
  CommandLine() { define(); }
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// What to print without asking any source: help or the version. Absent when a command is to run.
  [[nodiscard]] std::optional<std::string> answer() const;

  /// All commands and flags.
  [[nodiscard]] const CLI::App& definitions() const { return root_; }

  /// The command to run.
  [[nodiscard]] const Command& command() const;
  [[nodiscard]] const SourceFlags& source() const { return source_; }
  [[nodiscard]] LogLevel log_level() const { return log_level_; }

 private:
  static constexpr const char* kDescription =
      "List container images with their age and size, as docker images does, and filter them.\n"
      "Reads only, never changes anything.";

  void define();
  /// The command that `dkr-ls help ...` asks about.
  [[nodiscard]] const CLI::App& help_topic() const;

  /// The script that `dkr-ls completion ...` asks for.
  [[nodiscard]] std::string completion() const;

  CLI::App root_{kDescription, "dkr-ls"};
  SourceFlags source_;
  LogLevel log_level_ = LogLevel::kWarning;
  bool help_ = false;
  bool version_ = false;
  ReposCommand repos_;
  TagsCommand tags_;
  const CLI::App* help_app_ = nullptr;
  const CLI::App* completion_app_ = nullptr;
};

}  // namespace dkr
