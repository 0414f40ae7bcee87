// The address of a registry, as in --source.
#pragma once

#include <string>
#include <string_view>

namespace dkr {

struct RegistryAddress {
  /// The name that users and docker's configuration use: `localhost:5000`, `docker.io`.
  std::string name;
  /// `http://HOST[:PORT]` or `https://HOST[:PORT]`, for requests.
  std::string base_url;
};

/// Parses `HOST[:PORT]`, optionally after `http://` or `https://`; an IPv6 host must be in
/// brackets. Without a scheme, loopback hosts use http and all others https. `docker.io` is Docker
/// Hub, whose API is on another host. Throws Error kConfiguration when `text` is not valid.
RegistryAddress parse_registry(std::string_view text);

}  // namespace dkr
