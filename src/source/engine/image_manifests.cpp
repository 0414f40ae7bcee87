#include "source/engine/image_manifests.h"

#include <array>
#include <optional>
#include <string>

#include "base/digest.h"

namespace dkr {
namespace {

std::optional<json::Value> field_of(const std::optional<json::Value>& object,
                                    std::string_view name) {
  return object ? object->find_field(name) : std::nullopt;
}

std::string text_of(const std::optional<json::Value>& value) {
  return std::string(value ? value->string().value_or("") : "");
}

Platform read_platform_of(const std::optional<json::Value>& image_data) {
  const auto platform = field_of(image_data, "Platform");
  if (!platform) return {};
  constexpr std::array<std::string_view, 3> kFields = {"os", "architecture", "variant"};
  const auto [os, architecture, variant] = platform->find_fields(kFields);
  return {text_of(os), text_of(architecture), text_of(variant)};
}

}  // namespace

std::vector<ManifestSummary> read_manifests(const json::Value& image) {
  std::vector<ManifestSummary> manifests;
  const auto list = image.find_field("Manifests");
  if (!list) return manifests;
  (void)list->for_each([&](const json::Value& value) {
    constexpr std::array<std::string_view, 5> kFields = {"ID", "Available", "Size", "Kind",
                                                         "ImageData"};
    const auto [id, available, size, kind, image_data] = value.find_fields(kFields);
    const auto digest = id ? id->string() : std::nullopt;
    if (!digest || !is_digest(*digest)) return;
    ManifestSummary& manifest = manifests.emplace_back();
    manifest.digest = *digest;
    const bool is_held = available && available->boolean().value_or(false);
    if (is_held && text_of(kind) == "image") manifest.platform = read_platform_of(image_data);
    const auto total = field_of(size, "Total");
    manifest.size = total ? total->integer().value_or(0) : 0;
  });
  return manifests;
}

}  // namespace dkr
