// Answers of a store as the cache keeps them: lists of names, with a line end after each, and what
// tags point to, for each one the tag, its digest, and the time of asking, as in packed_bytes.h.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/time.h"

namespace dkr {

/// Tells names that can be in a list. None that is empty or contains a line end may be valid.
using IsName = bool (*)(std::string_view);

/// `names`, all of which must be valid; absent if that would exceed `max_bytes`.
std::optional<std::string> pack_names(std::span<const std::string> names, std::size_t max_bytes);

/// The names in `packed`, which may be anything; absent unless all of them are valid, and
/// different.
std::optional<std::vector<std::string>> unpack_names(std::string_view packed, IsName is_valid);

/// What a tag pointed to.
struct TaggedDigest {
  std::string_view tag;
  Digest digest;
  Time asked;  ///< before the request was sent
};

/// Appends `tagged`, whose tag must be valid, and whose digest must be one of SHA-256, or one for
/// which is_digest() holds.
void pack(const TaggedDigest& tagged, std::string& packed);

/// What is in `packed`, which may be anything, sorted by tag; absent unless it is what pack()
/// makes, with each tag once. The tags are views into `packed`.
std::optional<std::vector<TaggedDigest>> unpack_digests(std::string_view packed);

}  // namespace dkr
