#include "docker/credentials.h"

#include <cstddef>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "docker/config.h"
#include "model/docker_hub.h"

namespace dkr {
namespace {

constexpr std::string_view kDockerHubKey = "https://index.docker.io/v1/";
/// The user name that a credential helper returns when the secret is an identity token.
constexpr std::string_view kTokenUser = "<token>";
constexpr std::string_view kNotFound = "credentials not found in native keychain";

/// The key of `registry` in docker's configuration.
std::string key_of(const std::string& registry) {
  return is_docker_hub(registry) ? std::string(kDockerHubKey) : registry;
}

std::string string_member(const json::Value& object, std::string_view key) {
  const auto member = object.find(key);
  const auto text = member ? member->string() : std::nullopt;
  return std::string(text.value_or(""));
}

/// The host in a key of `auths`, which may also be of the form `https://HOST/v1/`.
std::string_view host_of_key(std::string_view key) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (key.starts_with(scheme)) key.remove_prefix(scheme.size());
  }
  return key.substr(0, key.find('/'));
}

std::optional<Credentials> usable(Credentials credentials) {
  if (credentials.user.empty() && credentials.identity_token.empty()) return std::nullopt;
  return credentials;
}

/// Parses one entry of `auths`. Throws Error kMalformed.
std::optional<Credentials> read_entry(const json::Value& entry) {
  Credentials credentials{string_member(entry, "username"), string_member(entry, "password"),
                          string_member(entry, "identitytoken")};
  if (const std::string encoded = string_member(entry, "auth"); !encoded.empty()) {
    const auto decoded = base64_decode(trim(encoded));
    const std::size_t colon = decoded ? decoded->find(':') : std::string::npos;
    if (colon == std::string::npos) {
      throw Error(ErrorKind::kMalformed, "its auth is not base64 of USER:PASSWORD");
    }
    credentials.user = decoded->substr(0, colon);
    credentials.password = decoded->substr(colon + 1);
    credentials.password.erase(credentials.password.find_last_not_of('\0') + 1);
  }
  return usable(std::move(credentials));
}

std::optional<Credentials> from_auths(const json::Value& auths, const std::string& registry) {
  const std::string key = key_of(registry);
  if (const auto entry = auths.find(key)) return read_entry(*entry);
  const std::string_view host = host_of_key(key);
  std::optional<Credentials> found;
  (void)auths.for_each_member([&](std::string_view other, const json::Value& entry) {
    const std::string_view other_host = host_of_key(other);
    const bool is_hub = is_docker_hub(registry) && other_host == registry;
    if (!found && (other_host == host || is_hub)) found = read_entry(entry);
  });
  return found;
}

/// The name of the credential helper for `registry` in config.json; empty when there is none.
std::string helper_for(const json::Value& config, const std::string& registry) {
  if (const auto helpers = config.find("credHelpers")) {
    for (const std::string& key : {key_of(registry), registry}) {
      if (std::string name = string_member(*helpers, key); !name.empty()) return name;
    }
  }
  return string_member(config, "credsStore");
}

/// Runs the program docker-credential-`helper` (github.com/docker/docker-credential-helpers). Its
/// output is never shown, since it may contain secrets. Throws Error.
std::optional<Credentials> from_helper(const std::string& helper, const std::string& key,
                                       const Programs& programs) {
  if (helper.find('/') != std::string::npos) {
    throw Error(ErrorKind::kConfiguration, "its name has a slash in it");
  }
  const ProgramResult result = programs.run({"docker-credential-" + helper, "get"}, key);
  if (result.status != 0) {
    if (trim(result.output) == kNotFound) return std::nullopt;
    throw Error(ErrorKind::kRefused, fmt::format("ended with status {}", result.status));
  }
  const json::Document document(result.output);
  Credentials credentials{string_member(document.root(), "Username"),
                          string_member(document.root(), "Secret"), ""};
  if (credentials.user == kTokenUser) {
    credentials.user.clear();
    credentials.identity_token = std::exchange(credentials.password, {});
  }
  return usable(std::move(credentials));
}

}  // namespace

std::optional<Credentials> find_credentials(const std::string& registry, const World& world,
                                            Log& log) {
  const auto config = read_docker_config(world, log);
  if (!config) return std::nullopt;
  const std::string helper = helper_for(config->root(), registry);
  try {
    std::optional<Credentials> found;
    if (!helper.empty()) {
      found = from_helper(helper, key_of(registry), world.programs);
    } else if (const auto auths = config->root().find("auths")) {
      found = from_auths(*auths, registry);
    }
    log.debug("registry {}: {} credentials in docker's configuration{}", registry,
              found ? "found" : "no", helper.empty() ? "" : " (docker-credential-" + helper + ")");
    return found;
  } catch (const Error& error) {
    log.warn("{} of docker's config.json for {}: {}; going on without credentials",
             helper.empty() ? "the entry" : "the helper docker-credential-" + helper, registry,
             error.what());
    return std::nullopt;
  }
}

}  // namespace dkr
