#include "source/engine/container_list.h"

#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"

namespace dkr {
namespace {

void read_container(const json::Value& container, std::unordered_set<Digest>& in_use) {
  constexpr std::array<std::string_view, 2> kFields = {"ImageID", "ImageManifestDescriptor"};
  const auto [image, descriptor] = container.find_fields(kFields);
  const auto id = image ? image->string() : std::nullopt;
  if (!id) throw malformed("a container has no ImageID");
  in_use.emplace(*id);
  const auto digest = descriptor ? descriptor->find_field("digest") : std::nullopt;
  if (const auto text = digest ? digest->string() : std::nullopt) in_use.emplace(*text);
}

}  // namespace

std::unordered_set<Digest> images_in_use(std::string_view body) {
  std::unordered_set<Digest> in_use;
  try {
    json::for_each_element(
        body, [&](const json::Value& container) { read_container(container, in_use); },
        [](const Error& error) {
          throw malformed(fmt::format("a container is {}", error.what()));
        });
  } catch (const Error& error) {
    throw malformed(fmt::format("container list: {}", error.what()));
  }
  return in_use;
}

}  // namespace dkr
