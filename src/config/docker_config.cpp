#include "config/docker_config.h"

#include <cstddef>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20;

std::string config_directory(const Environment& environment) {
  if (const auto directory = environment.get("DOCKER_CONFIG")) return *directory;
  return environment.get("HOME").value_or("") + "/.docker";
}

std::optional<std::string> read_current_context(const Files& files, const std::string& path,
                                                Log& log) {
  try {
    const auto text = files.read(path, kMaxFileBytes);
    if (!text || trim(*text).empty()) return std::nullopt;
    const json::Document document(*text);
    if (document.root().is_null()) return std::nullopt;
    const auto context = document.root().find("currentContext");
    if (!document.root().is_object()) throw Error(ErrorKind::kMalformed, "not a JSON object");
    if (!context || context->is_null()) return std::nullopt;
    const auto name = context->string();
    if (!name) throw Error(ErrorKind::kMalformed, "currentContext is not a string");
    return name->empty() ? std::nullopt : std::optional<std::string>(*name);
  } catch (const Error& error) {
    log.warn("{}: {}; the file is ignored", path, error.what());
    return std::nullopt;
  }
}

}  // namespace

DockerConfig::DockerConfig(const World& world, Log& log)
    : files_(world.files),
      directory_(config_directory(world.environment)),
      current_context_(read_current_context(files_, directory_ + "/config.json", log)) {}

DockerContext DockerConfig::context(std::string_view name) const {
  const std::string id = sha256_hex(name);
  const std::string path = fmt::format("{}/contexts/meta/{}/meta.json", directory_, id);
  const std::string shown = without_credentials(name);  // an address may be taken for a name
  const auto unusable = [&](std::string_view cause) {
    return Error(ErrorKind::kConfiguration,
                 fmt::format("context \"{}\": {}: {}", shown, path, cause),
                 "mend or remove the context with docker context, or name another one");
  };
  try {
    const auto text = files_.read(path, kMaxFileBytes);
    if (!text) {
      throw Error(ErrorKind::kConfiguration,
                  fmt::format("context \"{}\": context not found", shown),
                  "`docker context ls` names those that exist");
    }
    const json::Document document(*text);
    const auto endpoints = document.root().find("Endpoints");
    const auto endpoint = endpoints ? endpoints->find("docker") : std::nullopt;
    if (!endpoint || !endpoint->is_object()) throw unusable("names no docker endpoint");
    const auto host = endpoint->find("Host");
    const auto skip_verify = endpoint->find("SkipTLSVerify");
    DockerContext context;
    if (host && !host->is_null()) {
      if (!host->string()) throw unusable("the Host of its docker endpoint is not a string");
      context.host = *host->string();
    }
    context.tls = (skip_verify && skip_verify->boolean().value_or(false)) ||
                  files_.exists(fmt::format("{}/contexts/tls/{}/docker", directory_, id));
    return context;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kConfiguration) throw;
    throw unusable(error.what());
  }
}

}  // namespace dkr
