// What a command of dkr-ls is. Each has a file of its own; run.cpp knows them all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/world.h"
#include "model/image.h"

namespace CLI {
class App;
}

namespace dkr {

class Command {
 public:
  virtual ~Command() = default;

  /// What the command is called on the command line.
  [[nodiscard]] virtual std::string_view name() const = 0;

  /// Adds the command and its flags to `root`. Parsing writes their values into this object, which
  /// has to live until then.
  virtual void add_to(CLI::App& root) = 0;

  /// The text that the command prints of `images`, all that the source holds.
  [[nodiscard]] virtual std::string output(std::vector<Image> images, Time now, Log& log) const = 0;
};

/// Logs at INFO how many images were `done`: `read`, `listed`.
void log_count(std::string_view done, const std::vector<Image>& images, Log& log);

}  // namespace dkr
