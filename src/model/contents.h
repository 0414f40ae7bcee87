// The blobs that manifests need.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/digest.h"
#include "base/position_index.h"

namespace dkr {

/// A part of an image: its config, or one of its layers.
struct Blob {
  Digest digest;
  std::uint64_t size;  ///< in bytes
};

struct Contents {
  std::vector<Blob> blobs;
  /// By the digest of a manifest: positions in `blobs`, each once. For an index, what it lists
  /// besides manifests, as a BuildKit cache does. What does not tell sizes has no entry.
  std::unordered_map<Digest, std::vector<std::uint32_t>> by_manifest;
};

/// Fills contents, storing each blob once.
class ContentsBuilder {
 public:
  /// `contents` must outlive this object, and be changed through it alone.
  explicit ContentsBuilder(Contents& contents) : contents_(contents) {}
  ContentsBuilder(const ContentsBuilder&) = delete;  // blobs_ refers to contents_
  ContentsBuilder& operator=(const ContentsBuilder&) = delete;

  /// Adds the blobs of the manifest `digest`, unless they are known. Where manifests give a blob
  /// different sizes, the biggest counts.
  void add(const Digest& digest, std::span<const Blob> blobs);

  /// Adds what `from` has of the manifest `digest`, if it has it.
  void copy(const Contents& from, const Digest& digest);

  /// Whether all manifests so far give the blobs of `manifest` the same sizes.
  [[nodiscard]] bool is_consistent(const std::vector<std::uint32_t>& manifest) const;

 private:
  struct BlobAt {
    const std::vector<Blob>& blobs;
    const Digest& operator()(std::uint32_t position) const { return blobs[position].digest; }
  };
  std::uint32_t position_of(const Blob& blob);

  Contents& contents_;
  PositionIndex<BlobAt> blobs_{BlobAt{contents_.blobs}};
  std::unordered_set<std::uint32_t> contradicted_;  // positions of blobs that have several sizes
};

}  // namespace dkr
