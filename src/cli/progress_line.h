// How far the work has come, in the last line of a terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/world.h"
#include "source/progress.h"

namespace dkr {

/// Shows the progress once the work has lasted half a second, where standard error is a terminal
/// that can erase a line; otherwise it shows nothing, ever. What is written through it comes out
/// above the line.
class ProgressLine final : public OutputStream {
 public:
  /// The references must outlive this object.
  ProgressLine(OutputStream& err, const Environment& environment, const Clock& clock);
  ~ProgressLine() override;

  /// Shows `progress`, unless that was done less than a tenth of a second ago.
  void show(const Progress& progress);
  void write(std::string_view text) override;
  [[nodiscard]] std::optional<std::size_t> terminal_columns() const override {
    return err_.terminal_columns();
  }

  /// Takes the line away, without a trace.
  void erase();

 private:
  OutputStream& err_;
  const Clock& clock_;
  bool is_wanted_;
  bool is_shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace dkr
