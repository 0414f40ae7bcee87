// docker's configuration directory: config.json, and the contexts.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/world.h"

namespace dkr {

namespace json {
class Document;
}

/// The part of a context (github.com/docker/cli, cli/context/store) that names an engine.
struct DockerContext {
  std::string host;               ///< as in DOCKER_HOST
  bool skips_tls_verify = false;  ///< TLS, without verifying the server
  /// The directory of its ca.pem, cert.pem and key.pem; absent if it does not exist.
  std::optional<std::string> tls_directory;
};

/// config.json in $DOCKER_CONFIG, else in ~/.docker; its root is an object, to be read with
/// find_field() and map_field(), as docker does. Null when the file does
/// not exist or is empty. As in docker, an unusable file is not an error: it is logged as a warning
/// and treated as missing.
std::unique_ptr<json::Document> read_docker_config(const World& world, Log& log);

class DockerConfig {
 public:
  /// Reads config.json with read_docker_config().
  DockerConfig(const World& world, Log& log);

  /// What docker sends with each request to an engine: the headers in DOCKER_CUSTOM_HEADERS if that
  /// is set, else `HttpHeaders` of config.json. Throws Error kConfiguration when one is not a valid
  /// header.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> http_headers() const;

  /// `currentContext` of config.json; absent when it is not set.
  [[nodiscard]] const std::optional<std::string>& current_context() const {
    return current_context_;
  }

  /// Where docker's files are: $DOCKER_CONFIG, else ~/.docker.
  [[nodiscard]] const std::string& directory() const { return directory_; }

  /// The names of all contexts, sorted: `default`, which always exists, and those in the store.
  /// Contexts that cannot be read, or whose names docker would reject, are omitted.
  [[nodiscard]] std::vector<std::string> context_names() const;

  /// The context `name`. Throws Error kConfiguration when it does not exist or its meta.json cannot
  /// be used: `context "x": context not found`.
  [[nodiscard]] DockerContext context(std::string_view name) const;

 private:
  const Files& files_;
  const Environment& environment_;
  std::string directory_;
  std::optional<std::string> current_context_;
  std::vector<std::pair<std::string, std::string>> headers_;
};

}  // namespace dkr
