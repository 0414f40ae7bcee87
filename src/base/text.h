// Text helpers: escaping untrusted bytes, and character classes that do not depend on the locale.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dkr {

/// `text` with everything escaped that could control a terminal or forge a line: control characters
/// (C0, DEL, C1), bytes that are not UTF-8, line and paragraph separators, and bidirectional
/// formatting characters. Each of their bytes becomes `\xNN`. Other text is unchanged.
std::string printable(std::string_view text);

/// Whether printable() leaves `text` unchanged.
bool is_printable(std::string_view text);

/// The UTF-8 character at the start of a text.
struct Character {
  std::size_t length;        ///< in bytes; 0 if it is not well-formed (Unicode standard, table 3-7)
  std::uint32_t code_point;  ///< 0 in that case
};

/// `text` must not be empty.
Character first_character(std::string_view text);

/// Whether a terminal may take the character for a command: control characters, line and paragraph
/// separators, and bidirectional formatting.
bool controls_terminal(std::uint32_t code_point);

/// Whether `text` is ASCII without control characters. If so, is_printable() holds as well, and
/// each byte is one character.
bool is_printable_ascii(std::string_view text);

/// The first line of `text` without surrounding blanks, for quoting a server's response in a
/// message. If it is longer than `max_bytes`, it is truncated between characters and `...`
/// appended.
std::string excerpt(std::string_view text, std::size_t max_bytes);

/// `url` with user information, query and fragment hidden: `tcp://***@host`,
/// `http://host/path?***`. In a text without a scheme only the user information is hidden.
std::string without_credentials(std::string_view url);

/// Whether `c` is an ASCII letter or digit.
constexpr bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// `c` in lower case if it is an ASCII letter.
constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// `text` with its ASCII letters in lower or upper case.
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);

/// `3 repositories`.
std::string counted(std::uint64_t number, std::string_view one, std::string_view several);

/// `text` without blanks, tabs and line ends at either end.
std::string_view trim(std::string_view text);

}  // namespace dkr
