#include "output/template/quote.h"

#include <fmt/format.h>

#include "base/text.h"
#include "output/template/utf8.h"

namespace dkr {
namespace {

constexpr std::uint32_t kDeleteCharacter = 0x7F;

/// The letter of the escape for `c`, such as n for a line feed; 0 if it has none.
char escape_letter(std::uint32_t c) {
  constexpr std::string_view kCharacters = "\a\b\f\n\r\t\v";
  constexpr std::string_view kLetters = "abfnrtv";
  const std::size_t i = c < ' ' ? kCharacters.find(static_cast<char>(c)) : std::string_view::npos;
  return i == std::string_view::npos ? '\0' : kLetters[i];
}

struct CodePoints {
  std::uint32_t first;
  std::uint32_t last;
};

/// Blanks beyond ASCII, formatting characters and private ones, which Go escapes.
constexpr CodePoints kUnprintable[] = {
    {0xA0, 0xA0},     {0xAD, 0xAD},     {0x1680, 0x1680}, {0x2000, 0x200F}, {0x2028, 0x202F},
    {0x205F, 0x206F}, {0x3000, 0x3000}, {0xE000, 0xF8FF}, {0xFEFF, 0xFEFF}, {0xF0000, 0x10FFFF}};

bool is_go_printable(const utf8::Rune& rune, std::string_view bytes) {
  if (rune.code_point < kDeleteCharacter) return rune.code_point >= ' ';
  for (const auto& [first, last] : kUnprintable) {
    if (rune.code_point >= first && rune.code_point <= last) return false;
  }
  return is_printable(bytes);
}

void append_go_quoted(std::string& result, const utf8::Rune& rune, char quote, QuoteStyle style) {
  const std::uint32_t c = rune.code_point;
  const std::string bytes = utf8::encoded(c);
  const bool is_ascii = c <= kDeleteCharacter;
  if (c == static_cast<unsigned char>(quote) || c == '\\') {
    result.append(1, '\\').append(bytes);
  } else if ((is_ascii || style == QuoteStyle::kUnicode) && is_go_printable(rune, bytes)) {
    result += bytes;
  } else if (escape_letter(c) != '\0') {
    result.append(1, '\\').append(1, escape_letter(c));
  } else if (c < ' ' || c == kDeleteCharacter) {
    result += fmt::format("\\x{:02x}", c);
  } else if (c < 0x10000) {
    result += fmt::format("\\u{:04x}", c);
  } else {
    result += fmt::format("\\U{:08x}", c);
  }
}

}  // namespace

std::string go_quoted(std::string_view text, QuoteStyle style) {
  std::string result = "\"";
  while (!text.empty()) {
    const utf8::Rune rune = utf8::first_rune(text);
    if (rune.is_valid) {
      append_go_quoted(result, rune, '"', style);
    } else {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    }
    text.remove_prefix(rune.length);
  }
  return result += '"';
}

std::string go_quoted_rune(std::uint64_t code_point, QuoteStyle style) {
  const auto c =
      utf8::is_rune(code_point) ? static_cast<std::uint32_t>(code_point) : utf8::kReplacement;
  std::string result = "'";
  append_go_quoted(result, {1, c, true}, '\'', style);
  return result += '\'';
}

bool can_backquote(std::string_view text) {
  constexpr std::uint32_t kByteOrderMark = 0xFEFF;
  while (!text.empty()) {
    const utf8::Rune rune = utf8::first_rune(text);
    const std::uint32_t c = rune.code_point;
    if (!rune.is_valid || c == kByteOrderMark || c == '`' || c == kDeleteCharacter) return false;
    if (c < ' ' && c != '\t') return false;
    text.remove_prefix(rune.length);
  }
  return true;
}

}  // namespace dkr
