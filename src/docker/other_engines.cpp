#include "docker/other_engines.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/log.h"
#include "base/masked_output.h"
#include "base/text.h"
#include "docker/config.h"

namespace dkr {
namespace {

constexpr const char* kRuntimes = "/run/user/";  // XDG_RUNTIME_DIR of each user is in there

/// Adds the socket of each of colima's profiles that has a folder in `directory`.
void add_colima(std::vector<std::string>& sockets, const std::string& directory,
                const Files& files) {
  for (const std::string& profile : files.list(directory + "/")) {
    sockets.push_back(fmt::format("{}/{}/docker.sock", directory, profile));
  }
}

/// Where sockets may be, those of the user first.
std::vector<std::string> usual_sockets(const World& world) {
  const Environment& environment = world.environment;
  std::vector<std::string> sockets{"/var/run/docker.sock"};
  const auto add = [&](const std::optional<std::string>& directory, std::string_view below) {
    if (directory) sockets.push_back(*directory + std::string(below));
  };
  const auto runtime = environment.get("XDG_RUNTIME_DIR");
  const auto home = environment.home();
  const auto add_runtime = [&](const std::string& directory) {
    add(directory, "/docker.sock");
    add(directory, "/podman/podman.sock");
  };
  if (runtime) {
    add_runtime(*runtime);
  } else {  // as after su; of others' directories, nothing can be seen
    for (const std::string& user : world.files.list(kRuntimes)) add_runtime(kRuntimes + user);
  }
  add(home, "/.docker/desktop/docker.sock");
  add(home, "/.docker/run/docker.sock");
  if (const auto colima = environment.get("COLIMA_HOME")) {
    add_colima(sockets, *colima, world.files);
  }
  if (home) add_colima(sockets, *home + "/.colima", world.files);
  if (const auto config = environment.get("XDG_CONFIG_HOME")) {
    add_colima(sockets, *config + "/colima", world.files);
  } else if (home) {
    add_colima(sockets, *home + "/.config/colima", world.files);
  }
  add(home, "/.rd/docker.sock");
  add(home, "/.orbstack/run/docker.sock");
  sockets.emplace_back("/run/podman/podman.sock");
  return sockets;
}

/// The contexts in docker's store by the address of their engine; of several with the same one the
/// first counts.
std::map<std::string, std::string> contexts_by_address(const World& world) {
  Log silent(world.err, world.clock, LogLevel::kOff);
  const DockerConfig config(world, silent);
  std::map<std::string, std::string> contexts;
  for (std::string& name : config.context_names()) {
    if (name == "default") continue;
    try {
      std::string address = config.context(name).host;
      contexts.emplace(std::move(address), std::move(name));
    } catch (const Error&) {
      continue;  // using the context reports the error
    }
  }
  return contexts;
}

/// `text` as a shell reads it.
std::string quoted(const std::string& text) {
  const bool is_plain = std::ranges::all_of(text, [](char c) {
    return is_alphanumeric(c) || std::string_view("/:._-+@%,=").find(c) != std::string_view::npos;
  });
  if (is_plain) return text;
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return result + "'";
}

std::string name_of(const OtherEngine& engine, EngineNaming naming) {
  const std::string& name = engine.context.empty() ? engine.address : engine.context;
  if (naming == EngineNaming::kSource) return quoted("docker:" + name);
  return (engine.context.empty() ? "--host " : "--context ") + quoted(name);
}

}  // namespace

std::vector<OtherEngine> other_engines(const World& world, std::string_view except_address) {
  std::vector<OtherEngine> engines;
  for (const std::string& socket : usual_sockets(world)) {
    std::string address = "unix://" + socket;
    const bool is_known =
        std::ranges::find(engines, address, &OtherEngine::address) != engines.end();
    if (address == except_address || is_known || !world.files.is_socket(socket)) continue;
    engines.push_back({std::move(address), ""});
  }
  if (engines.empty()) return engines;
  const auto contexts = contexts_by_address(world);
  for (OtherEngine& engine : engines) {
    const auto context = contexts.find(engine.address);
    if (context != contexts.end()) engine.context = context->second;
  }
  return engines;
}

std::string advice_on(const std::vector<OtherEngine>& engines, EngineNaming naming) {
  if (engines.empty()) return "";
  if (engines.size() == 1) {
    return fmt::format("there is a socket at {}: try {}", engines[0].address,
                       name_of(engines[0], naming));
  }
  std::vector<std::string> names;
  names.reserve(engines.size());
  for (const OtherEngine& engine : engines) {
    names.push_back(engine.context.empty()
                        ? name_of(engine, naming)
                        : fmt::format("{} ({})", name_of(engine, naming), engine.address));
  }
  const std::string last = std::move(names.back());
  names.pop_back();
  return fmt::format("there are sockets of other engines: try {} or {}", fmt::join(names, ", "),
                     last);
}

}  // namespace dkr
