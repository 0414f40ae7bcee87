// Processing eight characters at a time in one 64-bit word, for work that is repeated on hundreds
// of thousands of short texts. The results do not depend on the byte order.
#pragma once

#include <cstdint>
#include <cstring>

namespace dkr::eight_bytes {

/// `byte` eight times.
constexpr std::uint64_t repeated(std::uint8_t byte) { return 0x0101'0101'0101'0101U * byte; }

inline constexpr std::uint64_t kHighBits = repeated(0x80);

/// The eight characters that start at `first`.
inline std::uint64_t load(const char* first) {
  std::uint64_t word = 0;
  std::memcpy(&word, first, sizeof word);
  return word;
}

/// Sets the high bit of each byte that is at least `bound` in `word`, and clears all other bits.
/// The high bits of `word` must be clear; `bound` is at most 0x80.
constexpr std::uint64_t at_least(std::uint64_t word, unsigned bound) {
  return (word + repeated(static_cast<std::uint8_t>(0x80 - bound))) & kHighBits;
}

}  // namespace dkr::eight_bytes
