#include "cli/usage.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"

namespace dkr {
namespace {

std::string full_name(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent == nullptr ? app.get_name() : parent->get_name() + " " + app.get_name();
}

std::string flag_name(const CLI::Option& option) {
  const std::string shorthand =
      option.get_snames().empty() ? "    " : fmt::format("-{}, ", option.get_snames().front());
  const std::string type = option.get_type_name();
  return fmt::format("  {}--{}{}{}", shorthand, option.get_lnames().front(),
                     type.empty() ? "" : " ", type);
}

/// The flags of `options`, one a line, sorted by name, under `title`; nothing when there are none.
std::string flag_lines(std::string_view title, std::vector<const CLI::Option*> options) {
  if (options.empty()) return "";
  std::ranges::sort(options, {}, [](const CLI::Option* o) { return o->get_lnames().front(); });
  std::size_t width = 0;
  for (const CLI::Option* option : options) width = std::max(width, flag_name(*option).size());
  std::string text = fmt::format("\n{}:\n", title);
  for (const CLI::Option* option : options) {
    const std::string value = option->get_default_str();
    text += fmt::format("{:<{}}   {}{}\n", flag_name(*option), width, option->get_description(),
                        value.empty() ? "" : fmt::format(" (default {})", value));
  }
  return text;
}

std::string command_lines(const CLI::App& app) {
  constexpr std::size_t kMinWidth = 11;  // cobra's
  std::string text = "\nAvailable Commands:\n";
  for (const CLI::App* command : commands(app)) {
    text +=
        fmt::format("  {:<{}} {}\n", command->get_name(), kMinWidth, command->get_description());
  }
  return text;
}

enum class Examples { kOmit, kShow };

std::string usage_text(const CLI::App& app, Examples examples) {
  const bool has_commands = !commands(app).empty();
  const std::string argument = argument_name(app).empty() ? "" : argument_name(app) + " ";
  std::string text = fmt::format("Usage:\n  {} {}[{}]\n", full_name(app), argument,
                                 has_commands ? "command" : "flags");
  if (examples == Examples::kShow && !app.get_footer().empty()) {
    text += fmt::format("\nExamples:\n{}\n", app.get_footer());
  }
  if (has_commands) text += command_lines(app);
  text += flag_lines("Flags", app.get_options());
  if (const CLI::App* root = app.get_parent()) {
    text += flag_lines(kGlobalFlags, root->get_options([](const CLI::Option* option) {
      return option->get_group() == kGlobalFlags;
    }));
  }
  if (has_commands) {
    text += fmt::format("\nUse \"{} [command] --help\" for more information about a command.\n",
                        full_name(app));
  }
  return text;
}

/// How many characters to insert, delete or replace to turn `a` into `b` (Levenshtein distance).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

/// cobra's advice: the commands that differ in at most two characters, or begin with what was
/// typed.
std::string suggestions(const CLI::App& app, std::string_view typed) {
  constexpr std::size_t kMaxDistance = 2;
  constexpr std::size_t kMaxTyped = 64;  // nobody meant a command with anything longer
  if (typed.size() > kMaxTyped) return "";
  std::string lines;
  for (const CLI::App* command : commands(app)) {
    const bool is_close = edit_distance(to_lower(typed), command->get_name()) <= kMaxDistance;
    if (is_close || command->get_name().starts_with(to_lower(typed))) {
      lines += "\t" + command->get_name() + "\n";
    }
  }
  return lines.empty() ? "" : "\nDid you mean this?\n" + lines + "\n";
}

}  // namespace

std::vector<const CLI::App*> commands(const CLI::App& app) {
  auto result = app.get_subcommands([](const CLI::App*) { return true; });
  std::ranges::sort(result, {}, [](const CLI::App* command) { return command->get_name(); });
  return result;
}

std::string argument_name(const CLI::App& app) {
  // CLI11 would take an argument that it knows of for one more flag.
  if (app.get_name() == "completion") return "SHELL";
  if (app.get_name() == "help") return "[command]";
  return "";
}

std::string help_text(const CLI::App& app) {
  return app.get_description() + "\n\n" + usage_text(app, Examples::kShow);
}

Error usage_error(const CLI::App& app, const std::string& message) {
  return {ErrorKind::kUsage, message, usage_text(app, Examples::kOmit) + "\n"};
}

Error unexpected(const CLI::App& app, const std::vector<std::string>& remaining) {
  const auto is_flag = [](const std::string& text) { return text.size() > 1 && text[0] == '-'; };
  const auto flag = std::ranges::find_if(remaining, is_flag);
  if (flag != remaining.end() && flag->starts_with("--")) {
    return usage_error(app, "unknown flag: " + flag->substr(0, flag->find('=')));
  }
  if (flag != remaining.end()) {
    return usage_error(app, fmt::format("unknown shorthand flag: '{}' in {}", (*flag)[1],
                                        without_credentials(*flag)));
  }
  const bool takes_one = !argument_name(app).empty();
  const std::string& surplus = remaining.at(takes_one ? 1 : 0);
  const bool is_url = surplus.find("://") != std::string::npos;
  const std::string argument = is_url ? without_credentials(surplus) : surplus;
  if (commands(app).empty()) {
    return usage_error(app, fmt::format("unexpected argument \"{}\": \"{}\" takes {}", argument,
                                        full_name(app), takes_one ? "one" : "none"));
  }
  return {
      ErrorKind::kUsage, fmt::format("unknown command \"{}\" for \"{}\"", argument, full_name(app)),
      fmt::format("{}Run '{} --help' for usage.\n", suggestions(app, argument), full_name(app))};
}

const CLI::App& innermost(const CLI::App& root) {
  const auto chosen = root.get_subcommands();
  return chosen.empty() ? root : *chosen.front();
}

}  // namespace dkr
