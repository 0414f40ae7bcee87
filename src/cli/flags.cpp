#include "cli/flags.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/usage.h"
#include "cli/values.h"

namespace dkr {
namespace {

CLI::Option& add(CLI::App& app, const FlagText& text,
                 std::function<void(const std::string&)> take) {
  const std::string short_name = text.shorthand.empty() ? "" : "-" + text.shorthand;
  const std::string long_name = "--" + text.name;
  const std::string shown = short_name.empty() ? long_name : short_name + ", " + long_name;
  std::string names = short_name.empty() ? long_name : short_name + "," + long_name;
  for (const std::string& alias : text.aliases) names += ",--" + alias;

  const auto take_all = [=, &app](const CLI::results_t& values) {
    for (const std::string& value : values) {
      try {
        // pflag also reads -H=VALUE, of which CLI11 makes the value `=VALUE`.
        take(!short_name.empty() && value.starts_with('=') ? value.substr(1) : value);
      } catch (const InvalidValue& invalid) {
        throw usage_error(innermost(app),
                          fmt::format("invalid argument \"{}\" for \"{}\" flag: {}",
                                      without_credentials(value), shown, invalid.what()));
      }
    }
    return true;
  };
  return *app.add_option(names, take_all, text.help)
              ->type_name(text.type)
              ->default_str(text.default_value)
              ->group(text.scope == Scope::kGlobal ? kGlobalFlags : "Flags")
              ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

/// CLI11 takes `--flag=` for a flag without a value, pflag for one with an empty value, which CLI11
/// reads from an argument of its own.
std::vector<std::string> with_empty_values_apart(const std::vector<std::string>& arguments) {
  std::vector<std::string> result;
  for (const std::string& argument : arguments) {
    const bool has_empty_value = argument.starts_with("--") && argument.size() > 3 &&
                                 argument.find('=') == argument.size() - 1;
    result.push_back(has_empty_value ? argument.substr(0, argument.size() - 1) : argument);
    if (has_empty_value) result.emplace_back();
  }
  return result;
}

}  // namespace

CLI::App& add_command(CLI::App& root, const std::string& name, const std::string& description,
                      const std::string& example) {
  CLI::App* app = root.add_subcommand(name, description);
  app->footer(example);
  return *app;
}

void add_flag(CLI::App& app, const FlagText& text, std::function<void(const std::string&)> take) {
  CLI::Option& option = add(app, text, std::move(take));
  option.type_size(1)->expected(1)->allow_extra_args(false);
}

void add_switch(CLI::App& app, const FlagText& text, bool& target) {
  add(app, text, [&target](const std::string& value) { target = parse_bool(value); }).expected(0);
}

void parse_flags(CLI::App& app, const std::vector<std::string>& arguments) {
  // CLI11 reads a vector from its end.
  std::vector<std::string> reversed = with_empty_values_apart(arguments);
  std::ranges::reverse(reversed);
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::ArgumentMismatch&) {
    // The only flag that can lack its value is the last argument.
    const std::string& flag = arguments.back();
    throw usage_error(innermost(app),
                      flag.starts_with("--")
                          ? "flag needs an argument: " + flag
                          : fmt::format("flag needs an argument: '{}' in {}", flag.back(), flag));
  } catch (const CLI::ParseError& error) {
    throw usage_error(innermost(app), error.what());
  }
}

}  // namespace dkr
