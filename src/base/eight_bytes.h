// Eight characters at a time in one 64-bit word, for what is done to hundreds of thousands of short
// texts. Whatever the byte order is, the results are the same.
#pragma once

#include <cstdint>
#include <cstring>

namespace dkr::eight_bytes {

/// `byte` eight times.
constexpr std::uint64_t repeated(std::uint8_t byte) { return 0x0101'0101'0101'0101U * byte; }

inline constexpr std::uint64_t kHighBits = repeated(0x80);

/// The eight characters from `first` on.
inline std::uint64_t load(const char* first) {
  std::uint64_t word = 0;
  std::memcpy(&word, first, sizeof word);
  return word;
}

/// The high bit of each byte of `word` that is `bound`, at most 0x80, or more, for a word whose own
/// high bits are clear.
constexpr std::uint64_t at_least(std::uint64_t word, unsigned bound) {
  return (word + repeated(static_cast<std::uint8_t>(0x80 - bound))) & kHighBits;
}

}  // namespace dkr::eight_bytes
