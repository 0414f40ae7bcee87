#include "source/registry/name.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"
#include "model/docker_hub.h"

namespace dkr {
namespace {

constexpr bool is_name_character(char c) {
  return is_alphanumeric(c) || c == '_' || c == '-' || c == '.';
}

}  // namespace

bool is_repository(std::string_view text) {
  constexpr std::size_t kLongest = 255;
  if (text.size() > kLongest) return false;
  while (true) {
    const std::size_t end = text.find('/');
    const std::string_view part = text.substr(0, end);
    if (part.empty() || part == "." || part == ".." ||
        !std::ranges::all_of(part, is_name_character)) {
      return false;
    }
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

std::string displayed_name(std::string_view path, const RegistryAddress& registry) {
  return std::string(is_docker_hub(registry.name) ? familiar_path(path) : path);
}

std::string repository_path(std::string_view name, const RegistryAddress& registry) {
  return is_docker_hub(registry.name) ? full_path(name) : std::string(name);
}

}  // namespace dkr
