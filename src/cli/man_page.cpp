#include "cli/man_page.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/usage.h"
#include "cli/version.h"

namespace dkr {
namespace {

constexpr const char* kHead = R"(.TH DKR\-LS 1 "" "dkr\-ls {}" "User Commands"
.SH NAME
dkr\-ls \- list container images with their age and size
.SH SYNOPSIS
.B dkr\-ls
.I command
.RI [ flags ]
.br
.B dkr\-ls \-\-version
)";

/// What the definitions do not say.
constexpr const char* kStatusEnvironmentAndFiles = R"(.SH EXIT STATUS
.TP
.B 0
Everything was listed; also when the reader of a pipe had enough.
.TP
.B 1
The source, or a part of it, could not be read, or the listing not be written. What could be read is still listed.
.TP
.B 2
Unknown command or flag, or a bad value.
.TP
.B 130
Interrupted.
.SH ENVIRONMENT
.TP
.BR DOCKER_HOST ", " DOCKER_CONTEXT
The engine to ask, where no flag names one: the former counts first.
.TP
.B DOCKER_CONFIG
The directory of docker's configuration, instead of
.IR \(ti/.docker .
.TP
.BR HTTP_PROXY ", " HTTPS_PROXY ", " NO_PROXY
Proxies, and hosts to reach without them.
.TP
.BR SSL_CERT_FILE ", " SSL_CERT_DIR
Certificates of authorities to trust, instead of those of the system.
.TP
.B XDG_CACHE_HOME
The directory of caches, instead of
.IR \(ti/.cache .
.SH FILES
.TP
.I \(ti/.docker/config.json
docker's configuration: the current context, and credentials for registries.
.TP
.I /etc/docker/certs.d/HOST[:PORT]/
CaCertificates to trust at that registry, and client certificates for it.
.TP
.I \(ti/.cache/dkr\-ls/
What registries have said; may be removed at any time.
.SH SEE ALSO
.BR docker\-images (1)
)";

/// `text` as roff prints it literally. The escapes are those of groff_char(7): without them
/// hyphens, quotes and accents come out as typography, which cannot be copied into a shell.
std::string escaped(std::string_view text) {
  constexpr std::string_view kSpecial = "\\-'`~^";
  constexpr std::array kEscapes = {"\\e", "\\-", "\\(aq", "\\(ga", "\\(ti", "\\(ha"};
  std::string result;
  for (const char c : text) {
    const std::size_t special = kSpecial.find(c);
    if (c == '.' && (result.empty() || result.back() == '\n')) result += "\\&";
    if (special == std::string_view::npos) {
      result += c;
    } else {
      result += kEscapes.at(special);
    }
  }
  return result;
}

std::string flag_entry(const CLI::Option& option) {
  std::string names = "\\fB\\-\\-" + escaped(option.get_lnames().front()) + "\\fR";
  if (!option.get_snames().empty()) {
    names = fmt::format("\\fB\\-{}\\fR, {}", option.get_snames().front(), names);
  }
  if (!option.get_type_name().empty()) names += " \\fI" + option.get_type_name() + "\\fR";
  const std::string value = option.get_default_str();
  return fmt::format(".TP\n{}\n{}{}\n", names, escaped(option.get_description()),
                     value.empty() ? "" : escaped(fmt::format(" (default {})", value)));
}

/// The flags of `app`, sorted by name: those that every command inherits, or all others but --help.
std::string flag_entries(const CLI::App& app, bool (*wanted)(const CLI::Option&)) {
  std::vector<const CLI::Option*> options = app.get_options();
  std::ranges::sort(options, {}, [](const CLI::Option* o) { return o->get_lnames().front(); });
  std::string text;
  for (const CLI::Option* option : options) {
    if (wanted(*option)) text += flag_entry(*option);
  }
  return text;
}

bool is_of_the_command(const CLI::Option& option) {
  return option.get_group() != kGlobalFlags && option.get_lnames().front() != "help";
}
bool is_of_every_command(const CLI::Option& option) { return !is_of_the_command(option); }

std::string example(const CLI::App& command) {
  if (command.get_footer().empty()) return "";
  return fmt::format(".PP\n.nf\n.RS\n{}\n.RE\n.fi\n", escaped(command.get_footer()));
}

}  // namespace

std::string man_page(const CLI::App& root) {
  std::string text = fmt::format(kHead, kVersion);
  text += fmt::format(".SH DESCRIPTION\n{}\n.SH COMMANDS\n", escaped(root.get_description()));
  for (const CLI::App* command : commands(root)) {
    const std::string argument = argument_name(*command);
    text += fmt::format(".SS {}{}{}\n{}.\n", command->get_name(), argument.empty() ? "" : " ",
                        argument, escaped(command->get_description()));
    text += flag_entries(*command, is_of_the_command) + example(*command);
  }
  text += ".SH FLAGS OF EVERY COMMAND\n" + flag_entries(root, is_of_every_command);
  text += ".SH FLAGS WITHOUT A COMMAND\n" + flag_entries(root, is_of_the_command);
  return text + kStatusEnvironmentAndFiles;
}

}  // namespace dkr
