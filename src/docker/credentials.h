// Credentials for registries, as `docker login` stores them.
#pragma once

#include <optional>
#include <string>

#include "base/log.h"
#include "base/world.h"

namespace dkr {

struct Credentials {
  std::string user;
  std::string password;
  /// An OAuth 2 refresh token, which the registry's token service accepts instead of a password;
  /// empty: none.
  std::string identity_token;
};

/// The credentials for `registry`, by its name in references (`localhost:5000`, `docker.io`), found
/// as docker does: in `auths` of DOCKER_AUTH_CONFIG, which has the format of config.json; else from
/// the program that `credHelpers` of config.json names for it, else from the one that `credsStore`
/// names; if there is no such program, or it fails, in `auths`. Hosts compare without case. Absent
/// when there are none, and when they cannot be used, which is logged as a warning.
std::optional<Credentials> find_credentials(const std::string& registry, const World& world,
                                            Log& log);

/// Tells these credentials of a user from others, without revealing either.
std::string credentials_key(const Credentials& credentials);

}  // namespace dkr
