#include "source/layout/store.h"

#include <fmt/format.h>

#include "base/error.h"
#include "source/layout/content.h"

namespace dkr {

Task<ImageNames> LayoutStore::images() { co_return std::move(images_.names); }

Task<std::optional<Manifest>> LayoutStore::manifest(std::string /*repository*/, Digest digest) {
  try {
    co_return read_manifest(digest);
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("manifest: {}", error.what()), error.hint());
  }
}

/// In archives without manifests, what takes the place of one.
std::optional<Manifest> LayoutStore::read_manifest(const Digest& digest) {
  const auto docker = images_.docker_images.find(digest);
  if (docker != images_.docker_images.end()) {
    const DockerImage& image = docker->second;
    const auto config = documents_->read(image.config, kMaxLayoutDocumentBytes);
    if (!config) throw malformed(fmt::format("the config {} is missing", image.config));
    require_digest(*config, digest);
    return docker_manifest(image, digest, *config, *documents_);
  }
  const auto type = images_.media_types.find(digest);
  return read_layout_manifest(
      *documents_, digest, type == images_.media_types.end() ? MediaType::kUnknown : type->second);
}

Task<std::string> LayoutStore::blob(std::string /*repository*/, Digest digest) {
  const auto docker = images_.docker_images.find(digest);
  const bool is_docker = docker != images_.docker_images.end();
  const std::string path = is_docker ? docker->second.config : blob_path(digest);
  auto content = documents_->read(path, kMaxLayoutDocumentBytes);
  if (!content) throw malformed(fmt::format("{} is missing", path));
  require_digest(*content, digest);
  co_return std::move(*content);
}

}  // namespace dkr
