#include "source/hub/repository_pages.h"

#include <cstddef>

#include <fmt/format.h>

#include "base/text.h"
#include "model/docker_hub.h"
#include "source/hub/json_text.h"
#include "source/oci/name.h"

namespace dkr {

void HubRepositoryPages::add_entry(const json::Value& entry) {
  constexpr std::size_t kIndexBytes = 22;
  const std::string_view name = hub_text(entry, "name");
  const std::string_view name_space = hub_text(entry, "namespace");
  const std::string path =
      fmt::format("{}/{}", name_space.empty() ? name_space_ : name_space, name);
  if (!is_repository(path) || path.find('/') != path.rfind('/')) {
    throw malformed("has an invalid name: " + excerpt(path, 80));
  }
  names_.emplace_back(familiar_path(path));
  const auto position = static_cast<std::uint32_t>(names_.size() - 1);
  if (index_.insert(position) != position) return names_.pop_back();
  count_bytes(sizeof(std::string) + names_.back().size() + kIndexBytes);
}

std::string repository_page(std::span<const std::string> names) {
  std::string entries;
  for (const std::string& name : names) {
    const std::string path = full_path(name);
    const std::size_t slash = path.find('/');
    entries += fmt::format(R"({}{{"name":{},"namespace":{}}})", entries.empty() ? "" : ",",
                           json_string(path.substr(slash + 1)), json_string(path.substr(0, slash)));
  }
  return fmt::format(R"({{"results":[{}]}})", entries);
}

}  // namespace dkr
