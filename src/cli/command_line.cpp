#include "cli/command_line.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/completion.h"
#include "cli/flags.h"
#include "cli/usage.h"
#include "cli/values.h"
#include "cli/version.h"

namespace dkr {

CommandLine::CommandLine(const std::vector<std::string>& arguments) : CommandLine() {
  parse_flags(root_, arguments);
  if (help_app_->parsed() || completion_app_->parsed()) return;
  std::vector<std::string> remaining = root_.remaining(true);
  // CLI11 swallows this one, which ends a command there.
  if (std::ranges::count(arguments, "++") > 0) remaining.emplace_back("++");
  if (!remaining.empty()) throw unexpected(innermost(root_), remaining);
}

void CommandLine::define() {
  root_.require_subcommand(0, 1);
  source_.add_to(root_);
  add_flag(
      root_,
      {.name = "log-level",
       .type = "string",
       .help = "what to log on standard error: TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL or "
               "OFF, in any case",
       .default_value = "\"WARNING\"",
       .scope = Scope::kGlobal},
      [this](const std::string& value) {
        const auto level = parse_log_level(value);
        if (!level) {
          throw InvalidValue("expected TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL or OFF");
        }
        log_level_ = *level;
      });
  add_switch(root_, {.name = "version", .type = "", .help = "version for dkr-ls", .shorthand = "v"},
             version_);
  repos_.add_to(root_);
  tags_.add_to(root_);
  help_app_ = root_.add_subcommand("help", "Help about any command");
  completion_app_ =
      &add_command(root_, "completion", "Print the completion script of a shell: bash, zsh or fish",
                   "  # Complete command lines of dkr-ls in this shell:\n"
                   "  source <(dkr-ls completion bash)");

  std::vector<CLI::App*> apps = root_.get_subcommands({});
  for (CLI::App* app : apps) app->fallthrough();
  apps.push_back(&root_);
  for (CLI::App* app : apps) {
    app->set_help_flag();  // CLI11's own gives way to one that pflag would recognise
    app->allow_extras();
    add_switch(
        *app, {.name = "help", .type = "", .help = "help for " + app->get_name(), .shorthand = "h"},
        help_);
  }
}

std::optional<std::string> CommandLine::answer() const {
  if (help_app_->parsed()) return help_text(help_topic());
  if (help_) return help_text(innermost(root_));
  if (completion_app_->parsed()) return completion();
  if (version_) return fmt::format("dkr-ls version {}\n", kVersion);
  if (root_.get_subcommands().empty()) return help_text(root_);
  return std::nullopt;
}

const CLI::App& CommandLine::help_topic() const {
  const std::vector<std::string> topic = root_.remaining(true);
  if (help_) return *help_app_;
  if (topic.empty()) return root_;
  const auto commands =
      root_.get_subcommands([&](const CLI::App* app) { return app->get_name() == topic.front(); });
  if (commands.empty()) throw unexpected(root_, topic);
  if (topic.size() > 1) throw unexpected(*help_app_, topic);
  return *commands.front();
}

std::string CommandLine::completion() const {
  const std::vector<std::string> arguments = root_.remaining(true);
  const std::string shell = arguments.empty() ? "" : arguments.front();
  const bool is_flag = shell.size() > 1 && shell.starts_with('-');
  if (arguments.size() > 1 || is_flag) throw unexpected(*completion_app_, arguments);
  if (const auto script = completion_script(shell)) return std::string(*script);
  throw usage_error(*completion_app_,
                    shell.empty() ? "completion needs the name of a shell: bash, zsh or fish"
                                  : fmt::format("no completion for \"{}\": it has to be bash, zsh "
                                                "or fish",
                                                shell));
}

const Command& CommandLine::command() const {
  const std::string name = innermost(root_).get_name();
  if (name == tags_.name()) return tags_;
  return repos_;
}

}  // namespace dkr
