// Runs dkr-ls in memory.
#pragma once

#include <string>
#include <vector>

#include "cli/run.h"
#include "support/fake_world.h"

namespace dkr {

/// A run of dkr-ls against a scripted engine at docker's default address.
class Program : public FakeWorld {
 public:
  static constexpr const char* kImagesUrl = "http://localhost/images/json";

  /// Makes the engine return `images`, a JSON list.
  void engine_has(std::string images) {
    http.expect(kImagesUrl, HttpResponse{200, {}, std::move(images)});
  }

  /// Runs dkr-ls and returns the exit status; `out.content` and `err.content` hold the output.
  int run(const std::vector<std::string>& arguments) { return dkr::run(arguments, world); }

  /// The first line of standard error.
  [[nodiscard]] std::string first_error_line() const {
    return err.content.substr(0, err.content.find('\n'));
  }
};

}  // namespace dkr
