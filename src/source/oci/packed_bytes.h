// Numbers and digests as bytes, of which the packed values in the cache file consist: numbers in
// eight bytes, least significant first; of digests and texts the length as one byte first. A digest
// of SHA-256 is in bytes, any other is text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"

namespace dkr {

void pack_number(std::uint64_t number, std::string& packed);
/// `text` must have at most 255 bytes.
void pack_text(std::string_view text, std::string& packed);
/// The text of `digest` must have at most 255 bytes.
void pack_digest(const Digest& digest, std::string& packed);

/// These take a value from the start of `packed`, which may be anything; absent unless there is
/// one.
std::optional<std::uint64_t> unpack_number(std::string_view& packed);
/// A view into `packed`.
std::optional<std::string_view> unpack_text(std::string_view& packed);
/// A digest of SHA-256, or one for which is_digest() holds.
std::optional<Digest> unpack_digest(std::string_view& packed);

}  // namespace dkr
