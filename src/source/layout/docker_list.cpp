#include "source/layout/docker_list.h"

#include <array>
#include <cstdint>
#include <limits>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "source/layout/path.h"

namespace dkr {
namespace {

constexpr std::size_t kMaxFaultyImages = 1000;

void add_texts(const std::optional<json::Value>& list, std::vector<std::string>& texts) {
  if (!list) return;
  (void)list->for_each([&](const json::Value& element) {
    if (const auto text = element.string()) texts.emplace_back(*text);
  });
}

/// In the order of the layers, the lowest first.
std::vector<Digest> diff_ids_of(const std::string& config) {
  const json::Document document(config);
  std::vector<Digest> digests;
  const auto rootfs = document.root().find("rootfs");
  const auto diff_ids = rootfs ? rootfs->find("diff_ids") : std::nullopt;
  if (!diff_ids || diff_ids->is_null()) return digests;
  const bool is_list = diff_ids->for_each([&](const json::Value& element) {
    const auto digest = element.string();
    if (!digest || !is_digest(*digest)) throw malformed("config: has an invalid digest of a layer");
    digests.emplace_back(*digest);
  });
  if (!is_list) throw malformed("config: has diff_ids that are not a list");
  return digests;
}

}  // namespace

DockerList parse_docker_list(std::string_view text) {
  DockerList list;
  std::size_t position = 0;
  const auto add_fault = [&](std::string_view cause, std::vector<std::string> names) {
    if (list.faults.size() == kMaxFaultyImages) {
      throw malformed(fmt::format("has over {} images that cannot be read", kMaxFaultyImages));
    }
    list.faults.push_back({fmt::format("image {}: {}", position++, cause), std::move(names)});
  };
  json::for_each_element(
      text,
      [&](const json::Value& value) {
        constexpr std::array<std::string_view, 3> kFields{"Config", "RepoTags", "Layers"};
        const auto fields = value.find_fields(kFields);
        const auto config = fields[0] ? fields[0]->string() : std::nullopt;
        auto path = plain_path(config.value_or(""));
        std::vector<std::string> names;
        add_texts(fields[1], names);
        if (!path) return add_fault("names no config", std::move(names));
        DockerImage image{position++, std::move(*path), std::move(names), {}};
        add_texts(fields[2], image.layers);
        list.images.push_back(std::move(image));
      },
      [&](const Error& error) { add_fault(error.what(), {}); });
  return list;
}

std::optional<Digest> digest_in_path(std::string_view path) {
  constexpr std::string_view kBlobs = "blobs/";
  constexpr std::string_view kExtension = ".json";
  std::string digest;
  if (path.starts_with(kBlobs)) {
    digest = path.substr(kBlobs.size());
    if (const std::size_t slash = digest.find('/'); slash != std::string::npos) {
      digest[slash] = ':';
    }
  } else if (path.ends_with(kExtension)) {
    path.remove_suffix(kExtension.size());
    digest = fmt::format("sha256:{}", path.substr(path.rfind('/') + 1));
  }
  if (!is_digest(digest)) return std::nullopt;
  return Digest(digest);
}

Manifest docker_manifest(const DockerImage& image, const Digest& digest, const std::string& text,
                         const Documents& documents) {
  constexpr std::uint64_t kMaxBytes = std::numeric_limits<std::int64_t>::max();
  const std::vector<Digest> layers = diff_ids_of(text);
  if (layers.size() != image.layers.size()) {
    throw malformed(
        fmt::format("has {} layers, but its config lists {}", image.layers.size(), layers.size()));
  }
  Manifest manifest;
  manifest.config_digest = digest;
  manifest.config_kind = Manifest::ConfigKind::kImage;
  manifest.size = text.size();
  manifest.blobs.push_back({digest, text.size()});
  std::unordered_set<Digest> known;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!known.insert(layers[i]).second) continue;
    const auto path = plain_path(image.layers[i]);
    const auto size = path ? documents.size(*path) : std::nullopt;
    if (!size) {
      manifest.size.reset();
      continue;
    }
    if (*size > kMaxBytes - manifest.size.value_or(0)) {
      throw malformed("has sizes whose sum exceeds 63 bits");
    }
    if (manifest.size) *manifest.size += *size;
    manifest.blobs.push_back({layers[i], *size});
  }
  return manifest;
}

}  // namespace dkr
