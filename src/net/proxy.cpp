#include "net/proxy.h"

#include "net/host.h"
#include "net/url.h"

namespace dkr {

Proxy find_proxy(const std::string& url, const Environment& environment) {
  const auto either = [&](const char* upper, const char* lower) {
    const auto value = environment.get(upper);
    return value ? *value : environment.get(lower).value_or("");
  };
  if (is_loopback(host_of(url))) return {};
  const bool is_https = url.starts_with("https:");
  return {is_https ? either("HTTPS_PROXY", "https_proxy") : either("HTTP_PROXY", "http_proxy"),
          either("NO_PROXY", "no_proxy")};
}

}  // namespace dkr
