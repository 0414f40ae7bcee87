// Finds elements of a vector by a key, such as their digest, using eleven to 22 bytes per element.
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

/// A hash table of positions, with linear probing; the elements themselves stay in their vector,
/// and are only looked at where the hash is that of the key. `KeyOf` returns the key of the element
/// at a position, which must not change once the position was inserted.
template <typename KeyOf>
class PositionIndex {
  using Key = std::remove_cvref_t<std::invoke_result_t<KeyOf, std::uint32_t>>;

 public:
  explicit PositionIndex(KeyOf key_of) : slots_(kMinSlots), key_of_(std::move(key_of)) {}

  /// The position of the element with this key; absent when none was inserted.
  [[nodiscard]] std::optional<std::uint32_t> find(const Key& key) const {
    const std::uint32_t position = slots_[slot_of(key, hash_of(key))].position;
    if (position == kEmpty) return std::nullopt;
    return position;
  }

  /// Adds the element at `position`, unless one with the same key was inserted before. Returns the
  /// position of the one that is in the table.
  std::uint32_t insert(std::uint32_t position) {
    if (4 * (count_ + 1) > 3 * slots_.size()) grow();
    const Key& key = key_of_(position);
    const std::uint32_t hash = hash_of(key);
    Slot& slot = slots_[slot_of(key, hash)];
    if (slot.position == kEmpty) {
      slot = {position, hash};
      ++count_;
    }
    return slot.position;
  }

 private:
  static constexpr std::uint32_t kEmpty = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::size_t kMinSlots = 16;  // a power of two; grow() doubles it

  struct Slot {
    std::uint32_t position = kEmpty;
    std::uint32_t hash = 0;  // of the element's key
  };

  /// The slot that holds `key`, or the empty one where it belongs.
  [[nodiscard]] std::size_t slot_of(const Key& key, std::uint32_t hash) const {
    return first_slot(
        hash, [&](const Slot& slot) { return slot.hash == hash && key_of_(slot.position) == key; });
  }

  /// The first slot for `hash` that is empty or for which `is_wanted` holds.
  template <typename IsWanted>
  [[nodiscard]] std::size_t first_slot(std::uint32_t hash, IsWanted is_wanted) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at].position != kEmpty && !is_wanted(slots_[at])) at = (at + 1) & mask;
    return at;
  }

  static std::uint32_t hash_of(std::string_view key) {
    return static_cast<std::uint32_t>(KeyedHash()(key));
  }
  static std::uint32_t hash_of(const Digest& key) {
    return static_cast<std::uint32_t>(std::hash<Digest>()(key));
  }

  void grow() {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.position == kEmpty) continue;
      slots_[first_slot(slot.hash, [](const Slot&) { return false; })] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t count_ = 0;
  KeyOf key_of_;
};

}  // namespace dkr
