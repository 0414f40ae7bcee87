// What a command of dkr-ls is. Each has a file of its own; run.cpp knows them all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/world.h"
#include "model/listing.h"
#include "source/source.h"

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

  struct Result {
    std::string text;  ///< what to print
    std::vector<Failure> failures;
  };
  /// Asks `source` for what it needs; images of several platforms are those for `platform`. Throws
  /// Error when that gives nothing at all.
  [[nodiscard]] virtual Task<Result> run(ImageSource& source, const Platform& platform,
                                         const Clock& clock, Log& log) const = 0;
};

/// Logs at INFO how many images were `done`: `read`, `listed`.
void log_count(std::string_view done, const Listing& listing, Log& log);

}  // namespace dkr
