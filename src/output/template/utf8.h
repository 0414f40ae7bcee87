// UTF-8 as Go reads and writes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dkr::utf8 {

inline constexpr std::uint32_t kReplacement = 0xFFFD;
inline constexpr std::uint32_t kMaxRune = 0x10FFFF;

struct Rune {
  std::size_t length;
  std::uint32_t code_point;
  bool is_valid;
};

/// The first character of `text`, which is not empty. A byte that starts no well-formed character
/// (Unicode standard, table 3-7) is a replacement character of length 1 that is not valid.
Rune first_rune(std::string_view text);

/// `code_point` in UTF-8; a replacement character for surrogates and what exceeds Unicode.
std::string encoded(std::uint64_t code_point);

/// Whether `code_point` is a character, and no surrogate.
constexpr bool is_rune(std::uint64_t code_point) {
  return code_point <= kMaxRune && (code_point < 0xD800 || code_point > 0xDFFF);
}

/// The number of characters in `text`; each byte that is not UTF-8 counts as one.
std::size_t count_runes(std::string_view text);

/// The first `count` characters of `text`.
std::string_view first_runes(std::string_view text, std::size_t count);

}  // namespace dkr::utf8
