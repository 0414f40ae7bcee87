// The global flags that say where the images are, and the source that they name.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/world.h"
#include "source/kinds.h"
#include "source/source.h"

namespace CLI {
class App;
}

namespace dkr {

class SourceFlags {
 public:
  /// Adds --host, --context, --source, --timeout, --platform, --jobs and --no-cache to `root`.
  /// Parsing writes their values into this object, which must outlive `root`.
  void add_to(CLI::App& root);

  /// The source that the flags and docker's configuration name. Throws Error kUsage when the flags
  /// contradict each other, kConfiguration when what they name cannot be used. The
  /// references must outlive the result.
  [[nodiscard]] std::unique_ptr<ImageSource> open(const SourceContext& context) const;

  [[nodiscard]] const Platform& platform() const { return platform_; }

 private:
  void set_source(const std::string& value);

  const CLI::App* root_ = nullptr;
  SourceSettings settings_;
  Platform platform_ = this_platform();
  bool no_cache_ = false;
};

}  // namespace dkr
