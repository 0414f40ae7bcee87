// Finds engines that a user may have meant, for hints.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/world.h"
#include "docker/endpoint.h"

namespace dkr {

struct OtherEngine {
  std::string address;  ///< `unix:///run/podman/podman.sock`
  std::string
      context;  ///< the docker context with exactly that address; empty if no context has it
};

/// The sockets that exist where docker, rootless docker, podman, Docker Desktop, colima, Rancher
/// Desktop and OrbStack put theirs, other than `except_address`.
std::vector<OtherEngine> other_engines(const World& world, std::string_view except_address);

/// How to reach them in that way, for the end of a hint: `there is a socket at unix:///x: try
/// --host unix:///x`, in quotes if a shell needs them; empty when there are none.
std::string advice_on(const std::vector<OtherEngine>& engines, EngineNaming naming);

}  // namespace dkr
