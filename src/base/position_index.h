// Finds elements of a vector by a key, such as their digest, using eight to sixteen bytes per
// element.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/hash.h"

namespace dkr {

/// A hash table of positions, with linear probing; the elements themselves stay in their vector.
/// `KeyOf` returns the key of the element at a position, which must not change once the position
/// was inserted.
template <typename KeyOf>
class PositionIndex {
  using Key = std::remove_cvref_t<std::invoke_result_t<KeyOf, std::uint32_t>>;

 public:
  explicit PositionIndex(KeyOf key_of) : slots_(kMinSlots, kEmpty), key_of_(std::move(key_of)) {}

  /// The position of the element with this key; absent when none was inserted.
  [[nodiscard]] std::optional<std::uint32_t> find(const Key& key) const {
    const std::uint32_t position = slots_[slot_of(key)];
    if (position == kEmpty) return std::nullopt;
    return position;
  }

  /// Adds the element at `position`, unless one with the same key was inserted before.
  void insert(std::uint32_t position) {
    if (2 * (count_ + 1) > slots_.size()) grow();
    std::uint32_t& slot = slots_[slot_of(key_of_(position))];
    if (slot != kEmpty) return;
    slot = position;
    ++count_;
  }

 private:
  static constexpr std::uint32_t kEmpty = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::size_t kMinSlots = 16;  // a power of two; grow() doubles it

  /// The slot that holds `key`, or the empty one where it belongs.
  [[nodiscard]] std::size_t slot_of(const Key& key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash_of(key) & mask;
    while (slots_[slot] != kEmpty && !(key_of_(slots_[slot]) == key)) slot = (slot + 1) & mask;
    return slot;
  }

  static std::size_t hash_of(std::string_view key) { return KeyedHash()(key); }
  static std::size_t hash_of(const Digest& key) { return std::hash<Digest>()(key); }

  void grow() {
    std::vector<std::uint32_t> old(2 * slots_.size(), kEmpty);
    old.swap(slots_);
    for (const std::uint32_t position : old) {
      if (position != kEmpty) slots_[slot_of(key_of_(position))] = position;
    }
  }

  std::vector<std::uint32_t> slots_;
  std::size_t count_ = 0;
  KeyOf key_of_;
};

}  // namespace dkr
