// Reads the lists of images in a layout or archive, and gives the images their names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/hash.h"
#include "model/failure_list.h"
#include "source/layout/content.h"
#include "source/layout/docker_list.h"
#include "source/layout/documents.h"
#include "source/layout/oci_index.h"
#include "source/layout/store.h"

namespace dkr {

/// For one call of either of its functions, which throw Error, whose message gives only the cause,
/// when there is no such list, or it cannot be read.
class ImageLists {
 public:
  /// `source` is how the user calls the source: `oci:DIR`. `documents` must outlive this object.
  ImageLists(std::string source, Documents& documents)
      : source_(std::move(source)), documents_(documents) {}

  /// Adds what could not be read of the source as a whole.
  void add_failure(std::string_view cause) { failures_.add(source_, cause); }

  /// The images of index.json.
  LayoutImages oci_images() &&;

  /// The images of manifest.json.
  LayoutImages docker_images() &&;

 private:
  /// Which entries of index.json the configs of images belong to.
  struct EntriesOfConfigs {
    std::unordered_map<Digest, Digest> first;  // of several, such as with other attestations
    std::unordered_map<std::string, Digest, KeyedHash> by_name;  // name_of_config()
  };
  using DockerNames = std::unordered_map<Digest, std::vector<ImageName>>;  // by config
  using NewNames = std::vector<std::pair<ImageName, Digest>>;  // with the manifest or index

  [[nodiscard]] LayoutIndex read_index();
  [[nodiscard]] std::optional<DockerList> read_docker_list();
  [[nodiscard]] DockerNames docker_names();
  [[nodiscard]] NewNames take_names(DockerNames& names, const Digest& entry,
                                    const std::vector<ImageSearch::Image>& images);
  [[nodiscard]] EntriesOfConfigs entries_of_configs(const std::vector<DockerImage>& images);
  void add_entry(const IndexEntry& entry, const NewNames& more_names);
  void add_docker_image(const DockerImage& image, const EntriesOfConfigs& entries);
  void check_layers(const DockerImage& image);
  void add_gap(const ImageName& name);
  void add_gaps(const std::vector<std::string>& names);
  [[nodiscard]] std::optional<Digest> config_digest(const DockerImage& image);
  void add(const ImageName& name, const Digest& digest, NamedImage::DigestOf digest_of,
           std::string reference);
  [[nodiscard]] std::string reference_to(std::size_t position) const;
  void finish();

  std::string source_;
  Documents& documents_;
  LayoutImages images_;
  FailureList failures_;
  std::unordered_map<std::string, int, KeyedHash> references_;  // how many entries have each
  std::unordered_set<std::string, KeyedHash> names_;            // of all entries
  std::unordered_set<std::string, KeyedHash> listed_;           // names with digests
};

}  // namespace dkr
