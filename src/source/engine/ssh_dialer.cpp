#include "source/engine/ssh_dialer.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxSaidBytes = 300;

/// The lines of `text` that are not empty.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!trim(line).empty()) lines.push_back(trim(line));
  }
  return lines;
}

bool contains_any(std::string_view text, const auto&... words) {
  return (... || (text.find(words) != std::string_view::npos));
}

/// Whether ssh only says that the connection ended, which a line before it may explain: that of
/// another ssh, or of a program, through which it connects (ProxyJump, ProxyCommand).
bool is_end_of_connection(std::string_view line) {
  return contains_any(line, "Connection closed by", "Connection reset by", "closed by remote host",
                      "banner exchange: ", "exchange_identification: ");
}

/// Whether the line tells why a connection failed, unlike warnings and banners.
bool is_cause(std::string_view line) {
  return contains_any(line, "ssh: ", "ssh_", "kex_", "not found", "No such file or directory",
                      "Permission denied", "Host key", "refused", "timed out", "unreachable",
                      "forwarding failed", "resolve") &&
         !contains_any(line, "identity") && !line.starts_with("Warning:");
}

/// Whether docker's client says that it does not know the command. Its usage follows.
bool is_unknown_command(std::string_view line) {
  return contains_any(line, "is not a docker command", "unknown command: docker");
}

/// The cause among the lines, of which there is at least one.
std::string cause_in(const std::vector<std::string_view>& lines) {
  const auto unknown = std::ranges::find_if(lines, is_unknown_command);
  if (unknown != lines.end()) return excerpt(*unknown, kMaxSaidBytes);
  std::string last = excerpt(lines.back(), kMaxSaidBytes);
  if (!is_end_of_connection(lines.back())) return last;
  const auto before = std::find_if_not(lines.rbegin(), lines.rend(), is_end_of_connection);
  if (before == lines.rend() || !is_cause(*before)) return last;
  std::string_view cause = *before;
  while (cause.ends_with('.')) cause.remove_suffix(1);
  return fmt::format("{}; {}", excerpt(cause, kMaxSaidBytes), last);
}

/// How a user would try the connection by hand.
std::string by_hand(const SshAddress& address) {
  return fmt::format("ssh {}{}{}{}",
                     address.port ? fmt::format("-p {} ", *address.port) : std::string(),
                     address.user, address.user.empty() ? "" : "@", address.host);
}

/// The name of the host in ssh's list of known hosts, for a shell.
std::string known_as(const SshAddress& address) {
  constexpr int kUsualPort = 22;
  const bool has_port = address.port.value_or(kUsualPort) != kUsualPort;
  return has_port ? fmt::format("'[{}]:{}'", address.host, *address.port) : address.host;
}

/// What may help against what this line says, by the words of ssh, of docker and of shells; empty:
/// no known words.
std::string hint_for_line(std::string_view line, const SshAddress& address) {
  const std::string ssh = by_hand(address);
  if (contains_any(line, "Host key verification failed")) {
    return fmt::format("run `{}` once, and accept the host's key there if it is the right one",
                       ssh);
  }
  if (contains_any(line, "Permission denied (", "Permission denied, please",
                   "Too many authentication")) {
    return fmt::format(
        "does `{}` log in? It needs a key that the host accepts, in the agent or "
        "named by IdentityFile in ~/.ssh/config",
        ssh);
  }
  if (is_unknown_command(line) || contains_any(line, "Run 'docker system", "See 'docker --help'")) {
    return "the docker client there must be of version 18.09 or newer";
  }
  if (contains_any(line, "docker endpoint", "context not found")) {
    return fmt::format(
        "ssh works, but docker's client there names no engine: try `{} docker "
        "version`",
        ssh);
  }
  if (contains_any(line, "docker daemon", "Docker daemon", "docker API", "raw stream connection")) {
    return fmt::format("ssh works, but the engine there does not: try `{} docker version`", ssh);
  }
  if ((contains_any(line, "docker: ") && contains_any(line, "not found", "No such file")) ||
      contains_any(line, "not found: docker", "Unknown command: docker", "Unknown command 'docker'",
                   "unknown command docker")) {
    return fmt::format("docker's client must be on the PATH of `{} docker version`", ssh);
  }
  return "";
}

/// What may help against what all the lines say, of which the last ones count most.
std::string hint_for(const std::vector<std::string_view>& lines, const SshAddress& address) {
  const auto any_says = [&](const auto&... words) {
    return std::ranges::any_of(lines,
                               [&](std::string_view line) { return contains_any(line, words...); });
  };
  if (any_says("Host key verification failed", "Permission denied (")) {
    if (any_says("REVOKED HOST KEY", "marked as revoked", "is revoked", "was revoked")) {
      return "the host's key has been revoked: find out why, and have the host use another one";
    }
    if (any_says("REMOTE HOST IDENTIFICATION HAS CHANGED", "has changed and you have requested")) {
      return fmt::format(
          "the host's key has changed: find out why, since somebody else may answer; if it is "
          "right, remove the old one with `ssh-keygen -R {}`",
          known_as(address));
    }
  }
  std::string hint;
  const auto telling = std::find_if(lines.rbegin(), lines.rend(), [&](std::string_view line) {
    hint = hint_for_line(line, address);
    return !hint.empty();
  });
  return telling != lines.rend() ? hint : fmt::format("does `{}` work?", by_hand(address));
}

/// What may help when ssh cannot be started.
std::string start_hint(std::string_view cause) {
  if (contains_any(cause, "no such file")) {
    return "install it, or put it on PATH; Debian's package is openssh-client";
  }
  if (contains_any(cause, "permission denied")) {
    return "may this user run the program ssh that is on PATH?";
  }
  return "is a limit of this machine reached, on processes, open files or "
         "memory?";
}

}  // namespace

SshDialer::SshDialer(SshAddress address, const Programs& programs, Log& log)
    : address_(std::move(address)), programs_(programs), log_(log) {}

void SshDialer::connect(int descriptor) {
  program_.reset();
  const std::vector<std::string> command = ssh_command(address_);
  log_.debug("{}: running {}", name(), fmt::join(command, " "));
  try {
    program_ = programs_.start(command, descriptor);
  } catch (const Error& error) {
    throw Error(ErrorKind::kUnreachable, fmt::format("cannot run ssh: {}", error.what()),
                start_hint(error.what()));
  }
}

int SshDialer::watched_descriptor() const { return program_ ? program_->error_descriptor() : -1; }

void SshDialer::take_in() {
  if (program_) program_->read_errors();
}

Task<std::optional<Error>> SshDialer::failure(EventLoop& loop) {
  constexpr std::chrono::milliseconds kInterval{10};
  constexpr int kTries = 200;
  if (!program_) co_return std::nullopt;
  auto status = program_->status();
  for (int tries = 0; !status && tries < kTries; ++tries) {
    take_in();
    co_await loop.sleep(kInterval);
    status = program_->status();
  }
  take_in();
  const auto lines = lines_of(program_->errors());
  for (const std::string_view line : lines) {
    log_.debug("{}: standard error of ssh: {}", name(), excerpt(line, kMaxSaidBytes));
  }
  // Without a failure of ssh, they are warnings and banners: the engine closed the connection.
  if (status == 0 || (!status && std::ranges::none_of(lines, is_cause))) co_return std::nullopt;
  const std::string said = lines.empty()
                               ? fmt::format("ssh ended with status {} and said nothing", *status)
                               : cause_in(lines);
  std::optional<Error> cause(std::in_place, ErrorKind::kUnreachable, said,
                             hint_for(lines, address_));
  co_return cause;
}

}  // namespace dkr
