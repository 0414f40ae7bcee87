// Addresses of registries, in --source.
#include <algorithm>

#include "base/error.h"
#include "model/docker_hub.h"
#include "net/url.h"
#include "source/registry/address.h"
#include "targets.h"

namespace dkr {
namespace {

void check_address(const std::string& text) {
  const RegistryAddress address = parse_registry(text);
  const std::string& url = address.base_url;
  // The URL consists of a host and a port only.
  const std::string_view rest =
      std::string_view(url).substr(std::min(url.find("//") + 2, url.size()));
  if (url != "http://" + std::string(rest) && url != "https://" + std::string(rest)) {
    fail("unexpected scheme", url);
  }
  if (rest.empty() || !is_printable(url) ||
      rest.find_first_of("/@?#\\ ") != std::string_view::npos) {
    fail("not the URL of a host", url);
  }
  if (!is_docker_hub(address.name) && address.name != rest)
    fail("the name is of another host", text);
  if (parse_registry(url).base_url != url) fail("is parsed differently the second time", text);
  // libcurl sees the same host, unless it considers it invalid.
  const std::string origin = origin_of(url);
  const auto catalog = resolve_url(url + "/v2/_catalog", "");
  if (!origin.empty() && (!catalog || origin_of(*catalog) != origin))
    fail("resolves to another origin", url);
}

}  // namespace

void fuzz_registry_address(const std::string& text) {
  try {
    check_address(text);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kConfiguration) fail("unexpected kind of error", error.what());
  }
}

}  // namespace dkr
