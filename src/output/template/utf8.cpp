#include "output/template/utf8.h"

#include "base/text.h"

namespace dkr::utf8 {

Rune first_rune(std::string_view text) {
  const Character character = first_character(text);
  if (character.length == 0) return {1, kReplacement, false};
  return {character.length, character.code_point, true};
}

std::string encoded(std::uint64_t code_point) {
  const std::uint64_t c = is_rune(code_point) ? code_point : kReplacement;
  const auto tail = [&](unsigned shift) {
    return static_cast<char>(0x80U | ((c >> shift) & 0x3FU));
  };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xC0U | (c >> 6)), tail(0)};
  if (c < 0x10000) return {static_cast<char>(0xE0U | (c >> 12)), tail(6), tail(0)};
  return {static_cast<char>(0xF0U | (c >> 18)), tail(12), tail(6), tail(0)};
}

std::size_t count_runes(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(first_rune(text).length);
  return count;
}

std::string_view first_runes(std::string_view text, std::size_t count) {
  std::string_view rest = text;
  for (; count > 0 && !rest.empty(); --count) rest.remove_prefix(first_rune(rest).length);
  return text.substr(0, text.size() - rest.size());
}

}  // namespace dkr::utf8
