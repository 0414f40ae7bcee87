#include "docker/ssh_address.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "net/host.h"
#include "net/url.h"

namespace dkr {
namespace {

Error unusable(std::string_view cause, std::string hint = "write ssh://[USER@]HOST[:PORT]") {
  return {ErrorKind::kConfiguration, std::string(cause), std::move(hint)};
}

bool consists_of(std::string_view text, std::string_view others) {
  return std::ranges::all_of(
      text, [&](char c) { return is_alphanumeric(c) || others.find(c) != std::string_view::npos; });
}

/// The user before the `@`, decoded. ssh would take one that starts with a dash for an option, and
/// the user's own configuration may hand it to a shell.
std::string parse_user(std::string_view text) {
  if (text.find(':') != std::string_view::npos) {
    throw unusable("a password in the address is not supported",
                   "leave it out: ssh asks for it, or uses a key");
  }
  auto user = percent_decoded(text);
  if (!user || user->starts_with('-') || user->ends_with('\\') || !consists_of(*user, "._-+@\\")) {
    throw unusable("the user is not valid");
  }
  return std::move(*user);
}

/// The path after the host. The shell on the other side reads it.
std::string parse_socket(std::string_view text) {
  auto path = percent_decoded(text);
  if (!path || !consists_of(*path, "/._-+@:,=")) {
    throw unusable(
        "the path of the socket contains more than letters, digits and / . _ - + @ : , =",
        "write ssh://[USER@]HOST[:PORT][/PATH/OF/docker.sock]");
  }
  return *path == "/" ? "" : std::move(*path);
}

constexpr std::string_view kEncodedPercent = "%25";  // before the zone (RFC 6874)

/// The IPv6 address in brackets, its zone decoded.
std::string without_brackets(std::string_view host) {
  std::string address(host.substr(1, host.size() - 2));
  const std::size_t percent = address.find(kEncodedPercent);
  const bool has_zone =
      percent != std::string::npos && percent + kEncodedPercent.size() < address.size();
  if (has_zone) address.replace(percent, kEncodedPercent.size(), "%");
  return address;
}

std::string in_brackets(std::string address) {
  const std::size_t percent = address.find('%');
  if (percent != std::string::npos) address.replace(percent, 1, kEncodedPercent);
  return "[" + address + "]";
}

}  // namespace

SshAddress parse_ssh_address(std::string_view text) {
  if (text.find_first_of("?#") != std::string_view::npos) {
    throw unusable("a query or a fragment in the address is not supported");
  }
  const std::size_t slash = std::min(text.find('/'), text.size());
  std::string_view authority = text.substr(0, slash);
  SshAddress address;
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    address.user = parse_user(authority.substr(0, at));
    authority.remove_prefix(at + 1);
  }
  const auto host = parse_host_port(authority);
  if (!host || host->host.starts_with('-')) throw unusable("the host or port is not valid");
  if (host->host.empty()) throw unusable("the host is missing");
  const bool has_brackets = host->host.starts_with('[');
  address.host = has_brackets ? without_brackets(host->host) : std::string(host->host);
  address.port = host->port;
  address.engine_socket = parse_socket(text.substr(slash));
  return address;
}

std::string to_string(const SshAddress& address) {
  const bool needs_brackets = address.host.find(':') != std::string::npos;
  return fmt::format("ssh://{}{}{}{}{}", percent_encoded(address.user),
                     address.user.empty() ? "" : "@",
                     needs_brackets ? in_brackets(address.host) : address.host,
                     address.port ? fmt::format(":{}", *address.port) : "", address.engine_socket);
}

std::vector<std::string> ssh_command(const SshAddress& address) {
  std::vector<std::string> command{"ssh", "-o", "ConnectTimeout=30", "-T"};
  if (!address.user.empty()) command.insert(command.end(), {"-l", address.user});
  if (address.port) command.insert(command.end(), {"-p", std::to_string(*address.port)});
  command.insert(command.end(), {"--", address.host, "docker"});
  if (!address.engine_socket.empty()) {
    command.insert(command.end(), {"--host", "unix://" + address.engine_socket});
  }
  command.insert(command.end(), {"system", "dial-stdio"});
  return command;
}

}  // namespace dkr
