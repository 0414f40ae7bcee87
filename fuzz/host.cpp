// Addresses of engines, as in DOCKER_HOST.
#include "base/error.h"
#include "docker/endpoint.h"
#include "fuzz.h"

namespace dkr {
namespace {

void check(const std::string& text) {
  const Endpoint endpoint = parse_host(text);
  const Endpoint again = parse_host(endpoint.address);
  if (again.address != endpoint.address || again.unix_socket != endpoint.unix_socket ||
      again.base_url != endpoint.base_url) {
    fail("its parsed address is parsed differently", text);
  }
  // The URL consists of a host, a port and a path only.
  constexpr std::string_view kScheme = "http://";
  const std::string_view url = endpoint.base_url;
  if (!url.starts_with(kScheme) || !is_printable(url) ||
      url.find_first_of("@?#\\ ") != std::string_view::npos || url.ends_with('/') ||
      url.find("//", kScheme.size()) != std::string_view::npos) {
    fail("not the URL of a host and a path", url);
  }
}

}  // namespace
}  // namespace dkr

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    dkr::check(dkr::text_of(data, size));
  } catch (const dkr::Error& error) {
    const bool is_expected = error.kind() == dkr::ErrorKind::kConfiguration ||
                             error.kind() == dkr::ErrorKind::kUnsupported;
    if (!is_expected) dkr::fail("unexpected kind of error", error.what());
  }
  return 0;
}
