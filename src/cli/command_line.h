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
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// What to print without asking any source: help or the version. Absent when a command is to run.
  [[nodiscard]] std::optional<std::string> answer() const;

  /// The command to run.
  [[nodiscard]] const Command& command() const;
  [[nodiscard]] const SourceFlags& source() const { return source_; }
  [[nodiscard]] LogLevel log_level() const { return log_level_; }

 private:
  void define();
  /// The command that `dkr-ls help ...` asks about.
  [[nodiscard]] const CLI::App& help_topic() const;

  CLI::App root_;
  SourceFlags source_;
  LogLevel log_level_ = LogLevel::warn;
  bool help_ = false;
  bool version_ = false;
  ReposCommand repos_;
  TagsCommand tags_;
  const CLI::App* help_app_ = nullptr;
};

}  // namespace dkr
