// Who the user is to a registry, as `docker login` keeps it.
#pragma once

#include <optional>
#include <string>

#include "base/log.h"
#include "base/world.h"

namespace dkr {

struct Credentials {
  std::string user;
  std::string password;
  /// What the registry's token service takes instead of a password (a refresh token of OAuth 2);
  /// empty: none.
  std::string identity_token;
};

/// The credentials for `registry`, by its name in references (`localhost:5000`, `docker.io`), from
/// docker's config.json: the program that `credHelpers` names for it, else that of `credsStore`,
/// else `auths`. Absent when there are none. What cannot be used
/// is a warning in the log, and as good as absent.
std::optional<Credentials> find_credentials(const std::string& registry, const World& world,
                                            Log& log);

}  // namespace dkr
