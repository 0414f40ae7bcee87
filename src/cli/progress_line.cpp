#include "cli/progress_line.h"

#include <string>

#include <fmt/format.h>

#include "base/error.h"

namespace dkr {
namespace {

constexpr std::chrono::milliseconds kDelay{500};
constexpr std::chrono::milliseconds kInterval{100};
constexpr const char* kErase = "\r\x1b[K";  // ECMA-48: carriage return, erase in line

}  // namespace

ProgressLine::ProgressLine(OutputStream& err, const Environment& environment, const Clock& clock)
    : err_(err),
      clock_(clock),
      is_wanted_(err.terminal_columns().has_value() &&
                 environment.get("TERM").value_or("dumb") != "dumb"),
      next_(clock.steady() + kDelay) {}

ProgressLine::~ProgressLine() {
  try {
    erase();
  } catch (const Error&) {
    // If writing fails, the terminal is gone, and the line with it.
  }
}

void ProgressLine::show(const Progress& progress) {
  const bool is_known = progress.repositories_known > 0 || progress.tags_known > 0;
  if (!is_wanted_ || !is_known || clock_.steady() < next_) return;
  next_ = clock_.steady() + kInterval;
  std::string text =
      fmt::format("{} of {} repositories, {} of {} tags", progress.repositories_done,
                  progress.repositories_known, progress.tags_done, progress.tags_known);
  if (progress.failures > 0) text += fmt::format(", {} errors", progress.failures);
  // A line that wraps cannot be erased. In some terminals, neither can one of full width.
  const std::size_t columns = err_.terminal_columns().value_or(0);
  if (columns < 2) return;
  is_shown_ = true;
  err_.write(kErase + text.substr(0, columns - 1));
}

void ProgressLine::write(std::string_view text) {
  erase();
  err_.write(text);
}

void ProgressLine::erase() {
  if (!is_shown_) return;
  is_shown_ = false;
  err_.write(kErase);
}

}  // namespace dkr
