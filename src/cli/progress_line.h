// Progress in the last line of a terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/world.h"
#include "source/progress.h"

namespace dkr {

/// Shows the progress from half a second after its construction, provided that standard error is a
/// terminal that can erase a line. Text written through this object appears above the line.
class ProgressLine final : public OutputStream {
 public:
  /// The references must outlive this object.
  ProgressLine(OutputStream& err, const Environment& environment, const Clock& clock);
  ~ProgressLine() override;

  /// Shows `progress`, unless the line was updated less than a tenth of a second ago, or nothing is
  /// known yet: until then, another program may ask the user for a password in that line.
  void show(const Progress& progress);
  void write(std::string_view text) override;
  [[nodiscard]] std::optional<std::size_t> terminal_columns() const override {
    return err_.terminal_columns();
  }

  /// Erases the line.
  void erase();

 private:
  OutputStream& err_;
  const Clock& clock_;
  bool is_wanted_;
  bool is_shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace dkr
