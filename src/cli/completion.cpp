#include "cli/completion.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <CLI/CLI.hpp>

#include "base/log.h"
#include "base/text.h"
#include "cli/completion_scripts.h"
#include "cli/usage.h"
#include "docker/config.h"

namespace dkr {
namespace {

struct Candidate {
  std::string text;
  std::string description;  ///< may be empty
};
using Candidates = std::vector<Candidate>;

Candidates without_descriptions(std::vector<std::string> texts) {
  Candidates result;
  for (std::string& text : texts) result.push_back({std::move(text), ""});
  return result;
}

/// The command `name`; null for none.
const CLI::App* find_command(const CLI::App& root, const std::string& name) {
  for (const CLI::App* command : commands(root)) {
    if (command->get_name() == name) return command;
  }
  return nullptr;
}

/// The values of a flag that can be named beforehand, and of which `typed` is there already.
Candidates values(const CLI::Option& option, const std::string& typed, World& world) {
  const std::string& flag = option.get_lnames().front();
  if (flag == "log-level") {
    std::vector<std::string> levels = {"TRACE", "DEBUG",    "INFO", "WARNING",
                                       "ERROR", "CRITICAL", "OFF"};
    // Any case is accepted, and shells go on only with what was typed.
    if (!typed.empty() && to_lower(typed) == typed) {
      std::ranges::transform(levels, levels.begin(), to_lower);
    }
    return without_descriptions(std::move(levels));
  }
  if (flag == "context") {
    Log silent(world.err, world.clock, LogLevel::kOff);
    return without_descriptions(DockerConfig(world, silent).context_names());
  }
  if (flag == "source") {
    return {{"docker", "the local engine"}, {"registry:", "a registry: registry:HOST[:PORT]"}};
  }
  if (flag == "host") return {{"unix:///", "a socket"}, {"tcp://", "an engine over the network"}};
  if (flag == "platform") {
    return without_descriptions({"linux/amd64", "linux/arm64", "linux/arm/v7", "linux/arm/v6",
                                 "linux/386", "linux/ppc64le", "linux/riscv64", "linux/s390x",
                                 "windows/amd64"});
  }
  return {};
}

/// Where the cursor is.
struct Place {
  const CLI::App* app;                        ///< the command, or the program before one is named
  const CLI::Option* awaits_value = nullptr;  ///< the flag whose value comes next
  std::size_t arguments = 0;                  ///< how many words that are no flags it has by now
};

/// The flag that `word` begins with, `--name` or `-n` with or without a value; null for none.
const CLI::Option* find_flag(const CLI::App& root, const CLI::App& app, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  const CLI::Option* option = app.get_option_no_throw(name);
  return option != nullptr ? option : root.get_option_no_throw(name);
}

bool takes_value(const CLI::Option& option) { return !option.get_type_name().empty(); }

Place place_behind(const CLI::App& root, const std::vector<std::string>& words) {
  Place place{.app = &root};
  for (const std::string& word : words) {
    if (place.awaits_value != nullptr) {
      place.awaits_value = nullptr;
    } else if (word.size() > 1 && word.starts_with('-')) {
      const CLI::Option* option = find_flag(root, *place.app, word);
      const bool is_alone = word.find('=') == std::string::npos;
      if (option != nullptr && takes_value(*option) && is_alone) place.awaits_value = option;
    } else {
      const CLI::App* command = place.app == &root ? find_command(root, word) : nullptr;
      if (command != nullptr) place.app = command;
      if (command == nullptr) ++place.arguments;
    }
  }
  return place;
}

Candidates flags(const CLI::App& root, const CLI::App& app) {
  Candidates result;
  const auto add = [&](const CLI::Option* option) {
    result.push_back({"--" + option->get_lnames().front(), option->get_description()});
  };
  for (const CLI::Option* option : app.get_options()) add(option);
  if (&app == &root) return result;
  for (const CLI::Option* option : root.get_options()) {
    if (option->get_group() == kGlobalFlags) add(option);
  }
  return result;
}

Candidates arguments(const CLI::App& root, const Place& place) {
  if (place.arguments > 0) return {};
  if (place.app->get_name() == "completion") return without_descriptions({"bash", "fish", "zsh"});
  if (place.app != &root && place.app->get_name() != "help") return {};
  Candidates result;
  for (const CLI::App* command : commands(root)) {
    result.push_back({command->get_name(), command->get_description()});
  }
  return result;
}

Candidates candidates(const CLI::App& root, const Place& place, const std::string& word,
                      World& world) {
  if (place.awaits_value != nullptr) return values(*place.awaits_value, word, world);
  const std::size_t equals = word.find('=');
  if (word.starts_with("--") && equals != std::string::npos) {
    const CLI::Option* option = find_flag(root, *place.app, word);
    Candidates result;
    if (option != nullptr && takes_value(*option)) {
      result = values(*option, word.substr(equals + 1), world);
    }
    for (Candidate& candidate : result) candidate.text.insert(0, word, 0, equals + 1);
    return result;
  }
  Candidates result = arguments(root, place);
  // Where nothing else can follow, the flags are what is wanted.
  if (word.starts_with('-') || result.empty()) result = flags(root, *place.app);
  return result;
}

}  // namespace

std::string complete(const CLI::App& root, const std::vector<std::string>& words, World& world) {
  std::vector<std::string> before = words;
  std::string word;
  if (!before.empty()) {
    word = std::move(before.back());
    before.pop_back();
  }
  std::string lines;
  for (const auto& [text, description] :
       candidates(root, place_behind(root, before), word, world)) {
    if (!text.starts_with(word)) continue;
    lines += printable(text);
    if (!description.empty()) lines += "\t" + description;
    lines += "\n";
  }
  return lines;
}

std::optional<std::string_view> completion_script(std::string_view shell) {
  if (shell == "bash") return kBashCompletion;
  if (shell == "zsh") return kZshCompletion;
  if (shell == "fish") return kFishCompletion;
  return std::nullopt;
}

}  // namespace dkr
