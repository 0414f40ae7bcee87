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
  /// The part of the registry that is meant, `team/app`; empty: all of it.
  std::string name_space = {};
};

/// Parses `HOST[:PORT][/NAMESPACE]`, optionally after `http://` or `https://`; an IPv6 host must be
/// in brackets. Without a scheme, loopback hosts use http and all others https. `docker.io` is
/// Docker Hub, whose API is on another host, and whose namespaces are users and organisations.
/// Throws Error kConfiguration when `text` is not valid, whose message says what is expected, or
/// what to write instead of a path that is no namespace.
RegistryAddress parse_registry(std::string_view text);

}  // namespace dkr
