#include "cli/man_page.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/usage.h"
#include "cli/version.h"

namespace dkr {
namespace {

/// What the definitions do not say.
constexpr const char* kStatusAndEnvironment = R"(.SH EXIT STATUS
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
.IR ~/.docker .
.TP
.BR HTTP_PROXY ", " HTTPS_PROXY ", " NO_PROXY
Proxies, and hosts to reach without them.
.TP
.BR SSL_CERT_FILE ", " SSL_CERT_DIR
Certificates of authorities to trust, instead of those of the system.
.SH SEE ALSO
.BR docker-images (1)
)";

/// `text` as roff prints it literally.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";  // else a hyphen, which cannot be copied into a shell
    } else {
      const bool is_control = (c == '.' || c == '\'') && (result.empty() || result.back() == '\n');
      if (is_control) result += "\\&";
      result += c;
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
  std::vector<const CLI::App*> commands =
      root.get_subcommands([](const CLI::App*) { return true; });
  std::ranges::sort(commands, {}, [](const CLI::App* command) { return command->get_name(); });
  std::string text = fmt::format(
      ".TH DKR\\-LS 1 \"\" \"dkr\\-ls {}\" \"User Commands\"\n.SH NAME\ndkr\\-ls \\- list "
      "container "
      "images with their age and size\n.SH SYNOPSIS\n.B dkr\\-ls\n.I command\n.RI [ flags ]\n",
      kVersion);
  text += fmt::format(".SH DESCRIPTION\n{}\n.SH COMMANDS\n", escaped(root.get_description()));
  for (const CLI::App* command : commands) {
    text +=
        fmt::format(".SS {}\n{}.\n{}{}", command->get_name(), escaped(command->get_description()),
                    flag_entries(*command, is_of_the_command), example(*command));
  }
  text += ".SH FLAGS OF EVERY COMMAND\n" + flag_entries(root, is_of_every_command);
  return text + flag_entries(root, is_of_the_command) + kStatusAndEnvironment;
}

}  // namespace dkr
