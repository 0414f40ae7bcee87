// Proxy settings from the environment.
#pragma once

#include <string>

#include "base/world.h"

namespace dkr {

/// The proxy for `url`, in curl's format: `http://proxy:3128`. Empty: none. As in Go's
/// golang.org/x/net/http/httpproxy, it is that of HTTP_PROXY or HTTPS_PROXY, unless the host is
/// this machine or NO_PROXY lists it. Each variable is read in upper case first, then in lower
/// case.
std::string find_proxy(const std::string& url, const Environment& environment);

}  // namespace dkr
