// Proxy settings from the environment.
#pragma once

#include <string>

#include "base/masked_output.h"
#include "base/world.h"

namespace dkr {

/// The proxy for `url`, in curl's format: `http://proxy:3128`. Empty: none. As in Go's
/// golang.org/x/net/http/httpproxy, it is that of HTTP_PROXY or HTTPS_PROXY, unless the host is
/// this machine or NO_PROXY lists it. Each variable is read in upper case first, then in lower
/// case.
std::string find_proxy(const std::string& url, const Environment& environment);

/// Has `output` hide the passwords of the proxies in the environment, which a proxy may repeat.
void hide_proxy_passwords(const Environment& environment, MaskedOutput& output);

}  // namespace dkr
