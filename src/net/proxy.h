// Proxy settings from the environment.
#pragma once

#include <string>

#include "base/world.h"
#include "net/http.h"

namespace dkr {

/// The proxy for `url` from HTTP_PROXY or HTTPS_PROXY, with the exceptions from NO_PROXY. As in
/// docker, each variable is read in upper case first, then in lower case. Loopback addresses never
/// have a proxy.
Proxy find_proxy(const std::string& url, const Environment& environment);

}  // namespace dkr
