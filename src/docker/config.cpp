#include "docker/config.h"

#include <algorithm>
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

std::string config_path(const Environment& environment) {
  return config_directory(environment) + "/config.json";
}

/// Whether docker accepts `name` for a new context (docker/cli, cli/context/store).
bool is_context_name(std::string_view name) {
  return name.size() > 1 && is_alphanumeric(name.front()) && std::ranges::all_of(name, [](char c) {
           return is_alphanumeric(c) || c == '_' || c == '.' || c == '+' || c == '-';
         });
}

std::optional<std::string> read_current_context(const World& world, Log& log) {
  const auto config = read_docker_config(world, log);
  if (!config) return std::nullopt;
  const auto context = config->root().find("currentContext");
  if (!context || context->is_null()) return std::nullopt;
  const auto name = context->string();
  if (!name) {
    log.warn("{}: currentContext is not a string; it is ignored", config_path(world.environment));
  }
  return name && !name->empty() ? std::optional<std::string>(*name) : std::nullopt;
}

}  // namespace

std::unique_ptr<json::Document> read_docker_config(const World& world, Log& log) {
  const std::string path = config_path(world.environment);
  try {
    const auto text = world.files.read(path, kMaxFileBytes);
    if (!text || trim(*text).empty()) return nullptr;
    auto document = std::make_unique<json::Document>(*text);
    if (document->root().is_null()) return nullptr;
    if (!document->root().is_object()) throw Error(ErrorKind::kMalformed, "not a JSON object");
    return document;
  } catch (const Error& error) {
    log.warn("{}: {}; the file is ignored", path, error.what());
    return nullptr;
  }
}

DockerConfig::DockerConfig(const World& world, Log& log)
    : files_(world.files),
      directory_(config_directory(world.environment)),
      current_context_(read_current_context(world, log)) {}

DockerContext DockerConfig::context(std::string_view name) const {
  const std::string id = sha256_hex(name);
  const std::string path = fmt::format("{}/contexts/meta/{}/meta.json", directory_, id);
  const std::string shown = without_credentials(name);  // might be an address, given by mistake
  const auto unusable = [&](std::string_view cause) {
    return Error(ErrorKind::kConfiguration,
                 fmt::format("context \"{}\": {}: {}", shown, path, cause),
                 "fix or remove the context with docker context, or name another one");
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

std::vector<std::string> DockerConfig::context_names() const {
  std::vector<std::string> names = {"default"};
  const std::string store = directory_ + "/contexts/meta/";
  for (const std::string& id : files_.list(store)) {
    try {
      const auto text = files_.read(fmt::format("{}{}/meta.json", store, id), kMaxFileBytes);
      if (!text) continue;
      const json::Document document(*text);
      const auto name = document.root().find("Name");
      if (name && is_context_name(name->string().value_or(""))) names.emplace_back(*name->string());
    } catch (const Error&) {
      continue;  // using the context reports the error
    }
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace dkr
