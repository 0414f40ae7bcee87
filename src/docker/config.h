// docker's own configuration directory: config.json, which context is current, and where contexts
// point.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/log.h"
#include "base/world.h"

namespace dkr {

/// The part of a context (github.com/docker/cli, cli/context/store) that names an engine.
struct DockerContext {
  std::string host;  ///< as in DOCKER_HOST
  bool tls = false;  ///< the context brings TLS settings of its own
};

/// config.json in $DOCKER_CONFIG, else ~/.docker: an object. Absent when there is none; a file that
/// cannot be used is a warning in the log, not an error, as with docker.
std::unique_ptr<json::Document> read_docker_config(const World& world, Log& log);

class DockerConfig {
 public:
  /// Reads config.json, as read_docker_config() does.
  DockerConfig(const World& world, Log& log);

  /// `currentContext` of config.json; absent when not set.
  [[nodiscard]] const std::optional<std::string>& current_context() const {
    return current_context_;
  }

  /// The names of all contexts, sorted: `default`, which always exists, and those in the store. One
  /// that cannot be read, or whose name docker would refuse, is left out.
  [[nodiscard]] std::vector<std::string> context_names() const;

  /// The context `name`. Throws Error kConfiguration: `context "x": context not found`, or that its
  /// meta.json cannot be used.
  [[nodiscard]] DockerContext context(std::string_view name) const;

 private:
  const Files& files_;
  std::string directory_;
  std::optional<std::string> current_context_;
};

}  // namespace dkr
