#include "docker/credentials.h"

#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/digest.h"
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
constexpr const char* kAuthVariable = "DOCKER_AUTH_CONFIG";
constexpr const char* kConfigFile = "docker's config.json";
constexpr std::string_view kNotFound = "credentials not found in native keychain";

/// The key of `registry` in docker's configuration.
std::string key_of(const std::string& registry) {
  return is_docker_hub(registry) ? std::string(kDockerHubKey) : registry;
}

std::string string_field(const json::Value& object, std::string_view name) {
  const auto field = object.find_field(name);
  const auto text = field ? field->string() : std::nullopt;
  return std::string(text.value_or(""));
}

/// The host in a key of `auths`, which may also be of the form `https://HOST/v1/`, in lower case.
std::string host_of_key(std::string_view key) {
  constexpr std::string_view kSeparator = "://";
  const std::size_t separator = key.find(kSeparator);
  if (separator != std::string_view::npos) key.remove_prefix(separator + kSeparator.size());
  key = key.substr(0, key.find('/'));
  if (separator != std::string_view::npos) key.remove_prefix(key.rfind('@') + 1);
  return to_lower(key);
}

std::optional<Credentials> usable(Credentials credentials) {
  if (credentials.user.empty() && credentials.identity_token.empty()) return std::nullopt;
  return credentials;
}

/// Parses one entry of `auths`. Throws Error kMalformed.
std::optional<Credentials> read_entry(const json::Value& entry) {
  Credentials credentials{string_field(entry, "username"), string_field(entry, "password"),
                          string_field(entry, "identitytoken")};
  if (const std::string encoded = string_field(entry, "auth"); !encoded.empty()) {
    const std::string decoded = base64_decode(encoded).value_or("");
    const std::size_t colon = decoded.find(':');
    if (colon == 0 || colon == std::string::npos) {
      throw malformed("its auth is not base64 of USER:PASSWORD");
    }
    credentials.user = decoded.substr(0, colon);
    credentials.password = decoded.substr(colon + 1);
    credentials.password.erase(credentials.password.find_last_not_of('\0') + 1);
  }
  return usable(std::move(credentials));
}

/// The entry of `auths` for `registry`; absent when no key names it.
std::optional<json::Value> find_entry(const std::map<std::string_view, json::Value>& auths,
                                      const std::string& registry) {
  const std::string key = key_of(registry);
  if (const auto entry = auths.find(key); entry != auths.end()) return entry->second;
  for (const auto& [other, entry] : auths) {
    const std::string host = host_of_key(other);
    if (host == host_of_key(key) || host == registry) return entry;
  }
  return std::nullopt;
}

/// The credentials in `auths` of `config`, which is in `source`. Throws Error kMalformed when the
/// entry is not valid.
std::optional<Credentials> from_auths(const json::Value& config, std::string_view source,
                                      const std::string& registry) {
  const auto entry = find_entry(config.map_field("auths"), registry);
  try {
    return entry ? read_entry(*entry) : std::nullopt;
  } catch (const Error& error) {
    throw malformed(fmt::format("the entry of {} for {}: {}", source, registry, error.what()));
  }
}

/// The credentials in DOCKER_AUTH_CONFIG, which docker looks at before its file. Text that cannot
/// be used is logged as a warning, without quoting it, and ignored.
std::optional<Credentials> from_environment(const std::string& registry,
                                            const Environment& environment, Log& log) {
  const auto text = environment.get(kAuthVariable);
  if (!text) return std::nullopt;
  try {
    const json::Document config(json::first_value(*text));
    if (!config.root().is_object()) throw malformed("not a JSON object");
    return from_auths(config.root(), kAuthVariable, registry);
  } catch (const Error& error) {
    log.warn("{}: {}; it is ignored", kAuthVariable, error.what());
    return std::nullopt;
  }
}

/// The name of the credential helper for `registry` in config.json; empty when there is none.
std::string helper_for(const json::Value& config, const std::string& registry) {
  const auto helpers = config.map_field("credHelpers");
  for (const std::string& key : {key_of(registry), registry}) {
    for (const auto& [other, name] : helpers) {
      if (to_lower(other) == key) return std::string(name.string().value_or(""));
    }
  }
  return string_field(config, "credsStore");
}

/// Runs the program docker-credential-`helper` (github.com/docker/docker-credential-helpers). Its
/// output is never shown, since it may contain secrets. Throws Error when it cannot be started or
/// fails.
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
  const json::Document document(json::first_value(result.output));
  Credentials credentials{string_field(document.root(), "Username"),
                          string_field(document.root(), "Secret"), ""};
  if (credentials.user == kTokenUser) {
    credentials.user.clear();
    credentials.identity_token = std::exchange(credentials.password, {});
  }
  return usable(std::move(credentials));
}

/// The credentials from the helper that `config` names, else from its `auths`. Throws Error when
/// neither can be used.
std::optional<Credentials> from_config(const json::Value& config, const std::string& registry,
                                       const Programs& programs, Log& log) {
  const std::string helper = helper_for(config, registry);
  if (helper.empty()) return from_auths(config, kConfigFile, registry);
  try {
    return from_helper(helper, key_of(registry), programs);
  } catch (const Error& error) {
    const std::string failure = fmt::format("the helper docker-credential-{} of {} for {}: {}",
                                            helper, kConfigFile, registry, error.what());
    auto found = from_auths(config, kConfigFile, registry);
    if (!found) throw Error(error.kind(), failure);
    log.info("{}; using its auths instead", failure);
    return found;
  }
}

}  // namespace

std::optional<Credentials> find_credentials(const std::string& registry, const World& world,
                                            Log& log) {
  std::optional<Credentials> found = from_environment(registry, world.environment, log);
  const std::string_view source = found ? kAuthVariable : kConfigFile;
  try {
    const auto config = found ? nullptr : read_docker_config(world, log);
    if (config) found = from_config(config->root(), registry, world.programs, log);
    log.debug("registry {}: {} credentials in {}", registry, found ? "found" : "no", source);
  } catch (const Error& error) {
    log.warn("{}; going on without credentials", error.what());
  }
  return found;
}

std::string credentials_key(const Credentials& credentials) {
  constexpr std::size_t kFewDigits = 4;  // they do not help to guess the password
  return sha256_hex(credentials.user + ":" + credentials.identity_token) +
         sha256_hex(credentials.user + ":" + credentials.password).substr(0, kFewDigits);
}

}  // namespace dkr
