#include "source/registry_name.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"

namespace dkr {
namespace {

constexpr std::string_view kOfficialPrefix = "library/";

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
  const bool is_official = registry.is_docker_hub && path.starts_with(kOfficialPrefix);
  return std::string(is_official ? path.substr(kOfficialPrefix.size()) : path);
}

std::string repository_path(std::string_view name, const RegistryAddress& registry) {
  const bool is_official = registry.is_docker_hub && name.find('/') == std::string_view::npos;
  return std::string(is_official ? kOfficialPrefix : "").append(name);
}

}  // namespace dkr
