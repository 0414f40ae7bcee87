#include "source/layout/content.h"

#include <utility>

#include "base/error.h"

namespace dkr {
namespace {

constexpr int kMaxDepth = 4;
constexpr std::size_t kMaxImagesOfIndex = 256;

}  // namespace

std::string blob_path(const Digest& digest) {
  std::string path = digest.text();
  path[path.find(':')] = '/';
  return "blobs/" + path;
}

std::optional<Manifest> read_layout_manifest(Documents& documents, const Digest& digest,
                                             MediaType declared) {
  const auto body = documents.read(blob_path(digest), kMaxLayoutDocumentBytes);
  if (!body) return std::nullopt;
  require_digest(*body, digest);
  return parse_manifest(*body, to_string(declared));
}

// kMaxDepth bounds the recursion. NOLINTNEXTLINE(misc-no-recursion)
const std::vector<ImageSearch::Image>& ImageSearch::below(const Digest& manifest, int depth) {
  const auto [known, is_new] = found_.try_emplace(manifest);
  std::vector<Image>& images = known->second;  // which later insertions do not move
  if (!is_new || depth == kMaxDepth) return images;
  const auto content = read(manifest);
  if (!content) return images;
  if (content->config_digest) images.push_back({*content->config_digest, manifest});
  if (!content->entries) return images;
  for (const Descriptor& entry : *content->entries) {
    if (images.size() >= kMaxImagesOfIndex) break;
    if (entry.digest == manifest) continue;
    const std::vector<Image>& of_entry = below(entry.digest, depth + 1);
    images.insert(images.end(), of_entry.begin(), of_entry.end());
  }
  return images;
}

/// Absent also when it cannot be read, which listing the image reports.
std::optional<Manifest> ImageSearch::read(const Digest& digest) {
  try {
    return read_layout_manifest(documents_, digest, MediaType::kUnknown);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace dkr
