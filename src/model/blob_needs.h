// Which tags need which blobs.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "base/digest.h"
#include "model/listing.h"

namespace dkr {

/// Who needs something: nobody, listed tags of one repository, those of several, or also a tag that
/// is not listed.
class Need {
 public:
  Need() = default;
  /// That of a tag of `repository`, a position in Listing::repositories.
  Need(std::uint32_t repository, bool is_listed) : by_(is_listed ? repository : kUnlisted) {}

  void add(Need other) {
    if (by_ == kNobody || other.by_ == kUnlisted) {
      by_ = other.by_;
    } else if (by_ != other.by_ && by_ != kUnlisted && other.by_ != kNobody) {
      by_ = kSeveral;
    }
  }
  [[nodiscard]] bool is_only_of(std::uint32_t repository) const { return by_ == repository; }
  [[nodiscard]] bool is_only_listed() const { return by_ != kUnlisted; }

  friend bool operator==(Need, Need) = default;

 private:
  static constexpr std::uint32_t kNobody = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint32_t kUnlisted = kNobody - 1;
  static constexpr std::uint32_t kSeveral = kNobody - 2;

  std::uint32_t by_ = kNobody;  // or the repository
};

/// A manifest or index, and who needs it.
struct NeededManifest {
  const Digest* digest;
  Need need;
};

/// Who needs each blob, by its position in Contents::blobs, if tags need `roots`, and those
/// everything below them.
std::vector<Need> needs_of_blobs(const Listing& listing, std::span<const NeededManifest> roots);

}  // namespace dkr
