// The address of a registry, as users write it in --source.
#pragma once

#include <string>
#include <string_view>

namespace dkr {

struct RegistryAddress {
  /// As the user knows it, and as docker keys its settings: `localhost:5000`, `docker.io`.
  std::string name;
  /// `http://HOST[:PORT]` or `https://HOST[:PORT]`, for requests.
  std::string base_url;
};

/// Reads `HOST[:PORT]`, an IPv6 host in brackets, perhaps after `http://` or `https://`. Without
/// such a scheme http is for this machine (localhost, 127.0.0.0/8, [::1]) and https for all others.
/// `docker.io` is Docker Hub, whose host is another one. Throws Error kConfiguration.
RegistryAddress parse_registry(std::string_view text);

}  // namespace dkr
