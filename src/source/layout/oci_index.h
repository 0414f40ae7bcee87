// Parses the lists of an OCI layout: oci-layout and index.json (OCI image spec, image-layout.md).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "model/media_type.h"

namespace dkr {

/// The name of an image, of which either part may be empty.
struct ImageName {
  std::string repository;  ///< docker's familiar name
  std::string tag;

  friend bool operator==(const ImageName&, const ImageName&) = default;
};

/// An entry of index.json that is a manifest or an index, but no attestation.
struct IndexEntry {
  std::size_t position = 0;  ///< among all entries
  Digest digest;
  MediaType media_type = MediaType::kUnknown;  ///< as the entry declares it
  ImageName name;
  /// The annotation `org.opencontainers.image.ref.name`, by which other tools choose the image;
  /// empty if there is none.
  std::string reference;
};

struct LayoutIndex {
  std::vector<IndexEntry> entries;
  /// Why entries cannot be read, with the names that they have nevertheless.
  struct Fault {
    std::size_t position;
    std::string cause;
    ImageName name;
  };
  std::vector<Fault> faults;
};

/// Throws Error kMalformed unless `text` is an oci-layout file, kUnsupported for a version of the
/// layout other than 1.
void check_layout_version(const std::string& text);

/// Parses index.json. Throws Error kMalformed when it is not an index, or over 1,000 entries cannot
/// be read.
LayoutIndex parse_layout_index(std::string_view text);

/// The name that these annotations give an image: that of `io.containerd.image.name`, else an
/// `org.opencontainers.image.ref.name` that is a full reference, else the latter as a tag. Both may
/// be empty.
ImageName annotated_name(std::string_view containerd_name, std::string_view ref_name);

}  // namespace dkr
