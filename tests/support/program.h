// Runs the whole of dkr-ls in memory.
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

  /// The engine will answer with `images`, a JSON list.
  void engine_has(std::string images) {
    http.expect(kImagesUrl, HttpResponse{200, {}, std::move(images)});
  }

  /// Runs it and gives the exit status; `out.content` and `err.content` have what was printed.
  int run(const std::vector<std::string>& arguments) { return dkr::run(arguments, world); }

  /// The first line that was printed on standard error.
  [[nodiscard]] std::string first_error_line() const {
    return err.content.substr(0, err.content.find('\n'));
  }
};

}  // namespace dkr
