// OCI layouts in directories and archives, and archives that `docker save` writes, as stores of
// images.
//
// Docker's archives are OCI layouts too since version 25. Their images are then those of the list
// that the kind of source stands for: index.json for `oci-archive:`, manifest.json for
// `docker-archive:`. The other list adds what the first one lacks: manifest.json names, and
// index.json the manifests, of images with the same config.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/world.h"
#include "model/media_type.h"
#include "source/layout/docker_list.h"
#include "source/layout/documents.h"
#include "source/oci/image_store.h"

namespace dkr {

/// What the lists of a layout or archive tell.
struct LayoutImages {
  ImageNames names;
  std::unordered_map<Digest, MediaType> media_types;      ///< that index.json declares
  std::unordered_map<Digest, DockerImage> docker_images;  ///< by the digests of their configs
  /// kPartial: what indexes list may be missing, as in archives of docker, which saves the
  /// platforms that it has pulled.
  enum class Platforms { kAll, kPartial } platforms = Platforms::kAll;
};

class LayoutStore final : public ImageStore {
 public:
  /// `name` is for messages: `oci:DIR`.
  LayoutStore(std::string name, std::unique_ptr<Documents> documents, LayoutImages images)
      : name_(std::move(name)), documents_(std::move(documents)), images_(std::move(images)) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] std::size_t concurrency() const override { return 1; }
  [[nodiscard]] bool is_sparse() const override {
    return images_.platforms == LayoutImages::Platforms::kPartial;
  }

  Task<ImageNames> images() override;
  Task<std::optional<Manifest>> manifest(std::string repository, Digest digest) override;
  Task<std::string> blob(std::string repository, Digest digest) override;

 private:
  [[nodiscard]] std::optional<Manifest> read_manifest(const Digest& digest);

  std::string name_;
  std::unique_ptr<Documents> documents_;
  LayoutImages images_;
};

/// Open the layout or archive at `path`; `-` is standard input. Archives are read to their end,
/// which waits for it. Throw Error, whose message names the source, when nothing can be listed.
/// `files` must outlive the result.
std::unique_ptr<ImageStore> open_oci_layout(const std::string& path, const Files& files);
std::unique_ptr<ImageStore> open_oci_archive(const std::string& path, const Files& files);
std::unique_ptr<ImageStore> open_docker_archive(const std::string& path, const Files& files);

}  // namespace dkr
