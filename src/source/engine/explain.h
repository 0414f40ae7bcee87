// Says what an error of an engine means for the user.
#pragma once

#include "base/error.h"
#include "base/world.h"
#include "docker/endpoint.h"

namespace dkr {

/// Whether the engine has answered a request before.
enum class Answered { kNo, kYes };

/// `error`, which a request to the engine at `endpoint` or its answer caused, with the address and
/// a hint. Uses docker's own messages where docker has one. `world` tells what other engines there
/// are.
Error explain(const Error& error, const Endpoint& endpoint, Answered answered, const World& world);

}  // namespace dkr
