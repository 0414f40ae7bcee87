#include "source/layout/image_lists.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "model/reference.h"
#include "source/layout/content.h"
#include "source/layout/path.h"

namespace dkr {
namespace {

constexpr const char* kLayoutFile = "oci-layout";
constexpr const char* kIndexFile = "index.json";
constexpr const char* kDockerFile = "manifest.json";
constexpr std::size_t kMaxTextInMessage = 80;
constexpr std::size_t kMaxNamedEntries = 100'000;

/// Runs `read`, and adds `subject` before the message of the Error that it throws.
template <typename Read>
auto naming(std::string_view subject, Read read) {
  try {
    return read();
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("{}: {}", subject, error.what()), error.hint());
  }
}

std::string key_of(const ImageName& name) {
  return fmt::format("{}:{}", name.repository, name.tag);
}

std::string name_of_config(const Digest& config, const ImageName& name) {
  return fmt::format("{} {}", config.text(), key_of(name));
}

/// What a list that knows images by their configs means by `image`, one of those that `entry`
/// holds: an index stands for the only image in it, but not for one of several.
const Digest& meant_by_config(const ImageSearch::Image& image, const Digest& entry,
                              const std::vector<ImageSearch::Image>& images) {
  return images.size() == 1 ? entry : image.manifest;
}

bool is_named(const ImageName& name) { return !name.repository.empty() || !name.tag.empty(); }

std::optional<ImageName> docker_name(std::string_view text) {
  const auto reference = parse_reference(text);
  if (!reference || !reference->tag) return std::nullopt;
  return ImageName{std::string(reference->repository), std::string(*reference->tag)};
}

}  // namespace

LayoutImages ImageLists::oci_images() && {
  const LayoutIndex index = read_index();
  for (const LayoutIndex::Fault& fault : index.faults) {
    add_failure(fmt::format("{}: entry {}: {}", kIndexFile, fault.position, fault.cause));
    add_gap(fault.name);
  }
  for (const IndexEntry& entry : index.entries) {
    ++references_[entry.reference];
    if (is_named(entry.name)) names_.insert(key_of(entry.name));
  }
  DockerNames more = docker_names();
  ImageSearch search(documents_);
  for (const IndexEntry& entry : index.entries) {
    NewNames names;
    if (!more.empty()) names = take_names(more, entry.digest, search.below(entry.digest));
    add_entry(entry, names);
  }
  finish();
  return std::move(images_);
}

LayoutImages ImageLists::docker_images() && {
  const auto list = read_docker_list();
  if (!list) throw malformed(fmt::format("{} is missing", kDockerFile));
  for (const DockerList::Fault& fault : list->faults) {
    add_failure(fmt::format("{}: {}", kDockerFile, fault.cause));
    add_gaps(fault.names);
  }
  const EntriesOfConfigs entries = entries_of_configs(list->images);
  for (const DockerImage& image : list->images) add_docker_image(image, entries);
  finish();
  return std::move(images_);
}

LayoutIndex ImageLists::read_index() {
  naming(kLayoutFile, [&] {
    const auto layout = documents_.read(kLayoutFile, kMaxLayoutDocumentBytes);
    if (!layout) throw malformed("is missing");
    check_layout_version(*layout);
  });
  return naming(kIndexFile, [&] {
    const auto text = documents_.read(kIndexFile, kMaxImageListBytes);
    if (!text) throw malformed("is missing");
    return parse_layout_index(*text);
  });
}

std::optional<DockerList> ImageLists::read_docker_list() {
  return naming(kDockerFile, [&] {
    const auto text = documents_.read(kDockerFile, kMaxImageListBytes);
    return text ? std::optional(parse_docker_list(*text)) : std::nullopt;
  });
}

/// The names that manifest.json has for images, if there is one.
ImageLists::DockerNames ImageLists::docker_names() {
  DockerNames names;
  std::optional<DockerList> list;
  try {
    list = read_docker_list();
  } catch (const Error& error) {
    add_failure(error.what());
    add_gap({});
  }
  if (!list) return names;
  images_.platforms = LayoutImages::Platforms::kPartial;
  for (const DockerImage& image : list->images) {
    const auto config = digest_in_path(image.config);
    if (!config) continue;
    for (const std::string& text : image.names) {
      if (auto name = docker_name(text)) names[*config].push_back(std::move(*name));
    }
  }
  return names;
}

/// The names of these images, which `entry` holds, that no image of the layout has yet. Each is
/// taken once.
ImageLists::NewNames ImageLists::take_names(DockerNames& names, const Digest& entry,
                                            const std::vector<ImageSearch::Image>& images) {
  NewNames taken;
  for (const ImageSearch::Image& image : images) {
    const auto found = names.find(image.config);
    if (found == names.end()) continue;
    for (ImageName& name : found->second) {
      if (!names_.insert(key_of(name)).second) continue;
      taken.emplace_back(std::move(name), meant_by_config(image, entry, images));
    }
    names.erase(found);
  }
  return taken;
}

/// The entries of index.json, if there is one, that the configs of `images` belong to.
ImageLists::EntriesOfConfigs ImageLists::entries_of_configs(
    const std::vector<DockerImage>& images) {
  EntriesOfConfigs entries;
  std::unordered_set<Digest> wanted;
  for (const DockerImage& image : images) {
    if (auto config = digest_in_path(image.config)) wanted.insert(std::move(*config));
  }
  try {
    if (!documents_.size(kIndexFile)) return entries;
    const LayoutIndex index = read_index();
    images_.platforms = LayoutImages::Platforms::kPartial;
    ImageSearch search(documents_);
    for (const IndexEntry& entry : index.entries) {
      images_.media_types.emplace(entry.digest, entry.media_type);
      const auto& images_of_entry = search.below(entry.digest);
      for (const ImageSearch::Image& image : images_of_entry) {
        if (!wanted.contains(image.config)) continue;
        entries.first.emplace(image.config, meant_by_config(image, entry.digest, images_of_entry));
        if (is_named(entry.name) && entries.by_name.size() < kMaxNamedEntries) {
          entries.by_name.emplace(name_of_config(image.config, entry.name), entry.digest);
        }
      }
    }
  } catch (const Error& error) {
    add_failure(error.what());
  }
  return entries;
}

void ImageLists::add_entry(const IndexEntry& entry, const NewNames& more_names) {
  constexpr auto kManifest = NamedImage::DigestOf::kManifest;
  images_.media_types.emplace(entry.digest, entry.media_type);
  const std::string by_position = reference_to(entry.position);
  if (is_named(entry.name) || more_names.empty()) {
    const bool is_unique = !entry.reference.empty() && references_[entry.reference] == 1;
    add(entry.name, entry.digest, kManifest,
        is_unique ? fmt::format("{}:{}", source_, entry.reference) : by_position);
  }
  for (const auto& [name, digest] : more_names) add(name, digest, kManifest, by_position);
}

void ImageLists::add_docker_image(const DockerImage& image, const EntriesOfConfigs& entries) {
  const auto config = config_digest(image);
  if (!config) return add_gaps(image.names);
  const auto of_config = entries.first.find(*config);
  const bool has_manifest = of_config != entries.first.end();
  const auto digest_of =
      has_manifest ? NamedImage::DigestOf::kManifest : NamedImage::DigestOf::kConfig;
  const auto digest = [&](const ImageName& name) {
    if (!has_manifest) return *config;
    const auto named = entries.by_name.find(name_of_config(*config, name));
    return named == entries.by_name.end() ? of_config->second : named->second;
  };
  if (!has_manifest && images_.docker_images.emplace(*config, image).second) check_layers(image);
  bool has_name = false;
  for (const std::string& text : image.names) {
    const auto name = docker_name(text);
    if (!name) {
      add_failure(fmt::format("{}: image {}: has an invalid name: {}", kDockerFile, image.position,
                              excerpt(text, kMaxTextInMessage)));
      continue;
    }
    has_name = true;
    add(*name, digest(*name), digest_of, fmt::format("{}:{}", source_, text));
  }
  if (!has_name) add({}, digest({}), digest_of, reference_to(image.position));
}

void ImageLists::check_layers(const DockerImage& image) {
  for (const std::string& layer : image.layers) {
    const auto path = plain_path(layer);
    if (path && documents_.size(*path)) continue;
    add_failure(fmt::format("{}: image {}: size: a layer is missing: {}", kDockerFile,
                            image.position, excerpt(layer, kMaxTextInMessage)));
    return;
  }
}

/// What the path of the config says, or else the digest of its content; absent if there is neither.
std::optional<Digest> ImageLists::config_digest(const DockerImage& image) {
  if (auto digest = digest_in_path(image.config)) return digest;
  std::string cause = "is missing";
  try {
    const auto text = documents_.read(image.config, kMaxLayoutDocumentBytes);
    if (text) return Digest("sha256:" + sha256_hex(*text));
  } catch (const Error& error) {
    cause = error.what();
  }
  add_failure(fmt::format("{}: image {}: config: {}: {}", kDockerFile, image.position,
                          excerpt(image.config, kMaxTextInMessage), cause));
  return std::nullopt;
}

void ImageLists::add_gap(const ImageName& name) {
  const bool is_unknown = !is_named(name);
  images_.names.gaps.push_back(
      {name.repository.empty() && !is_unknown ? std::string(kNone) : name.repository, name.tag});
}

/// Notes that an image with these names cannot be listed.
void ImageLists::add_gaps(const std::vector<std::string>& names) {
  if (names.empty()) add_gap({});
  for (const std::string& name : names) add_gap(docker_name(name).value_or(ImageName()));
}

/// Adds an image under a name, unless it has been added.
void ImageLists::add(const ImageName& name, const Digest& digest, NamedImage::DigestOf digest_of,
                     std::string reference) {
  if (!listed_.insert(fmt::format("{}@{}", key_of(name), digest.text())).second) return;
  images_.names.images.push_back(
      {name.repository, name.tag, digest, digest_of, std::move(reference)});
}

/// As newer versions of containers/image name what has no name of its own.
std::string ImageLists::reference_to(std::size_t position) const {
  return fmt::format("{}:@{}", source_, position);
}

void ImageLists::finish() { images_.names.failures = std::move(failures_).take(source_); }

}  // namespace dkr
