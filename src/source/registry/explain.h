// A registry's errors in the words of its users.
#pragma once

#include <string>

#include "base/error.h"
#include "source/registry/address.h"
#include "source/registry/client.h"

namespace dkr {

/// Says at which registry nothing could be read at all, and in the hint what to do about it. The
/// kind stays.
Error explain(const Error& error, const RegistryClient& client);

/// The command that gives docker, and so us, credentials for the registry.
std::string login_advice(const RegistryAddress& registry);

}  // namespace dkr
