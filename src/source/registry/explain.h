// Explains errors of a registry to the user.
#pragma once

#include <string>

#include "base/error.h"
#include "source/registry/address.h"
#include "source/registry/client.h"

namespace dkr {

/// Adds the registry's address to the message of `error`, because of which nothing at all could be
/// read, and a hint. Keeps the kind.
Error explain(const Error& error, const RegistryClient& client);

/// The command that stores credentials for the registry, which dkr-ls then uses:
/// `docker login localhost:5000`.
std::string login_advice(const RegistryAddress& registry);

}  // namespace dkr
