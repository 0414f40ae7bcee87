// The proxies that the environment names.
#pragma once

#include <string>

#include "base/world.h"
#include "net/http.h"

namespace dkr {

/// The proxy for `url`: that of HTTP_PROXY or HTTPS_PROXY, with the exceptions of NO_PROXY, where
/// docker looks for them: in upper case first, then in lower case. None for this machine itself.
Proxy find_proxy(const std::string& url, const Environment& environment);

}  // namespace dkr
