// Addresses of engines that are reached through ssh.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkr {

struct SshAddress {
  std::string user;           ///< empty: ssh's own default
  std::string host;           ///< without brackets
  std::optional<int> port;    ///< absent: ssh's own default
  std::string engine_socket;  ///< the path of the engine's socket there; empty: docker's default
};

/// Parses `[USER@]HOST[:PORT][/PATH]`, what follows `ssh://` in an address, as docker does
/// (docker/cli, cli/connhelper/ssh). Throws Error kConfiguration, which says what is wrong with it
/// but does not repeat it: a password, a query, a fragment, or anything that ssh or the shell on
/// the other side could take for more than a name.
SshAddress parse_ssh_address(std::string_view text);

/// The address in the format that parse_ssh_address() reads, with `ssh://` before it.
std::string to_string(const SshAddress& address);

/// The `ssh` program with the arguments that connect its standard input and output to the engine,
/// as docker does it.
std::vector<std::string> ssh_command(const SshAddress& address);

}  // namespace dkr
