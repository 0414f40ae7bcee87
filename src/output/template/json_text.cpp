#include "output/template/json_text.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/text.h"

namespace dkr {
namespace {

using Bytes = std::array<bool, 256>;

/// The bytes that stand for themselves: printable ASCII but for what is escaped.
constexpr Bytes plain_bytes(HtmlEscapes html) {
  Bytes plain{};
  for (std::size_t c = ' '; c <= '~'; ++c) plain.at(c) = c != '"' && c != '\\';
  if (html == HtmlEscapes::kWrite) {
    plain.at('<') = false;
    plain.at('>') = false;
    plain.at('&') = false;
  }
  return plain;
}

std::size_t count_plain(std::string_view text, HtmlEscapes html) {
  static constexpr Bytes kOmit = plain_bytes(HtmlEscapes::kOmit);
  static constexpr Bytes kWrite = plain_bytes(HtmlEscapes::kWrite);
  const Bytes& plain = html == HtmlEscapes::kWrite ? kWrite : kOmit;
  std::size_t count = 0;
  while (count < text.size() && plain[static_cast<unsigned char>(text[count])]) ++count;
  return count;
}

void append_escape(std::string& output, std::uint32_t code_point) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  output += "\\u";
  for (const unsigned shift : {12U, 8U, 4U, 0U}) output += kHexDigits[(code_point >> shift) & 0xFU];
}

/// Appends a character that is not one of the plain bytes.
void append_character(std::string& output, std::uint32_t code_point, std::string_view bytes) {
  constexpr std::string_view kCharacters = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  const std::size_t letter = kCharacters.find(bytes);
  if (letter != std::string_view::npos) {
    output += '\\';
    output += kLetters[letter];
  } else if (bytes.size() == 1 || controls_terminal(code_point)) {
    append_escape(output, code_point);
  } else {
    output += bytes;
  }
}

}  // namespace

void append_json_text(std::string& output, std::string_view text, HtmlEscapes html) {
  output += '"';
  while (true) {
    const std::size_t plain = count_plain(text, html);
    output += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const Character character = first_character(text);
    if (character.length == 0) {
      output += "\\ufffd";
      text.remove_prefix(1);
    } else {
      append_character(output, character.code_point, text.substr(0, character.length));
      text.remove_prefix(character.length);
    }
  }
  output += '"';
}

void append_json_text(std::string& output, std::span<const std::string> texts, HtmlEscapes html) {
  output += '[';
  for (const std::string& text : texts) {
    if (&text != texts.data()) output += ',';
    append_json_text(output, text, html);
  }
  output += ']';
}

}  // namespace dkr
