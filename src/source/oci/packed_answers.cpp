#include "source/oci/packed_answers.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <utility>

#include "base/hash.h"
#include "model/reference.h"
#include "source/oci/packed_bytes.h"

namespace dkr {

std::optional<std::string> pack_names(std::span<const std::string> names, std::size_t max_bytes) {
  std::size_t bytes = 0;
  for (const std::string& name : names) bytes += name.size() + 1;
  if (bytes > max_bytes) return std::nullopt;
  std::string packed;
  packed.reserve(bytes);
  for (const std::string& name : names) {
    packed += name;
    packed += '\n';
  }
  return packed;
}

std::optional<std::vector<std::string>> unpack_names(std::string_view packed, IsName is_valid) {
  std::vector<std::string> names;
  std::unordered_set<std::string_view, KeyedHash> known;
  while (!packed.empty()) {
    const std::size_t end = packed.find('\n');
    const std::string_view name = packed.substr(0, end);
    if (end == std::string_view::npos || !is_valid(name)) return std::nullopt;
    if (!known.insert(name).second) return std::nullopt;
    names.emplace_back(name);
    packed.remove_prefix(end + 1);
  }
  return names;
}

void pack(const TaggedDigest& tagged, std::string& packed) {
  pack_text(tagged.tag, packed);
  pack_digest(tagged.digest, packed);
  pack_number(std::bit_cast<std::uint64_t>(std::int64_t{tagged.asked.time_since_epoch().count()}),
              packed);
}

std::optional<std::vector<TaggedDigest>> unpack_digests(std::string_view packed) {
  std::vector<TaggedDigest> digests;
  while (!packed.empty()) {
    const auto tag = unpack_text(packed);
    if (!tag || !is_tag(*tag)) return std::nullopt;
    auto digest = unpack_digest(packed);
    const auto asked = digest ? unpack_number(packed) : std::nullopt;
    if (!asked) return std::nullopt;
    const Time time{std::chrono::seconds(std::bit_cast<std::int64_t>(*asked))};
    digests.push_back({*tag, std::move(*digest), time});
  }
  std::ranges::sort(digests, {}, &TaggedDigest::tag);
  const auto twice = std::ranges::adjacent_find(digests, {}, &TaggedDigest::tag);
  if (twice != digests.end()) return std::nullopt;
  return digests;
}

}  // namespace dkr
