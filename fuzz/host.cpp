// Addresses of engines, as in DOCKER_HOST.
#include "base/error.h"
#include "base/text.h"
#include "docker/endpoint.h"
#include "targets.h"

namespace dkr {
namespace {

/// Neither ssh nor the shell on the other side may take any part of the address for something else.
void check_command(const SshAddress& address, const std::string& text) {
  constexpr std::string_view kSpecial = " \t\"'`$&|;<>(){}*?[]!#~";
  for (const std::string* part : {&address.user, &address.host, &address.engine_socket}) {
    const bool is_plain =
        is_printable_ascii(*part) && part->find_first_of(kSpecial) == std::string::npos;
    if (!is_plain || part->starts_with('-')) fail("not a plain word", text);
  }
  if (address.host.empty()) fail("no host", text);
}

void check_endpoint(const std::string& text) {
  const Endpoint endpoint = parse_host(text);
  const Endpoint again = parse_host(endpoint.address);
  if (again.address != endpoint.address || again.unix_socket != endpoint.unix_socket ||
      again.base_url != endpoint.base_url || again.ssh.has_value() != endpoint.ssh.has_value()) {
    fail("its parsed address is parsed differently", text);
  }
  if (endpoint.ssh) {
    if (ssh_command(*again.ssh) != ssh_command(*endpoint.ssh)) fail("another command", text);
    check_command(*endpoint.ssh, text);
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

void fuzz_host(const std::string& text) {
  try {
    check_endpoint(text);
  } catch (const Error& error) {
    const bool is_expected =
        error.kind() == ErrorKind::kConfiguration || error.kind() == ErrorKind::kUnsupported;
    if (!is_expected) fail("unexpected kind of error", error.what());
  }
}

}  // namespace dkr
