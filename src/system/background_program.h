// A program that runs beside this one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/world.h"
#include "system/child.h"
#include "system/file_descriptor.h"

namespace dkr {

class BackgroundProgram final : public RunningProgram {
 public:
  /// As Programs::start().
  static std::unique_ptr<BackgroundProgram> start(const std::vector<std::string>& command,
                                                  int descriptor);

  /// `error_output` is what reads the standard error of the program.
  BackgroundProgram(const std::vector<std::string>& command, const StandardStreams& streams,
                    FileDescriptor error_output)
      : error_output_(std::move(error_output)), child_(command, streams) {}

  [[nodiscard]] int error_descriptor() const override { return error_output_.get(); }
  void read_errors() override;
  [[nodiscard]] const std::string& errors() const override { return errors_; }
  [[nodiscard]] std::optional<int> status() override;

 private:
  FileDescriptor error_output_;
  std::string errors_;
  std::optional<int> status_;
  Child child_;
};

}  // namespace dkr
