// Small helpers for text: making foreign bytes harmless, and looking at characters without a
// locale.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dkr {

/// `text` with everything that could steer a terminal or forge a line made visible: control
/// characters (C0, DEL, C1), bytes that are not UTF-8, line and paragraph separators, and the
/// bidirectional overrides become `\xNN` for each of their bytes. Other text is unchanged.
std::string printable(std::string_view text);

/// Whether printable() leaves `text` as it is.
bool is_printable(std::string_view text);

/// Whether `text` is ASCII without control characters. Then is_printable() holds as well, and each
/// byte is one character.
bool is_printable_ascii(std::string_view text);

/// The first line of `text` without surrounding blanks, cut to at most `max_bytes` (then ending in
/// `...`): enough of a server's answer to put into a message.
std::string excerpt(std::string_view text, std::size_t max_bytes);

/// `url` without what may be secret in it: `tcp://***@host`, `http://host/path?***`. Works on
/// anything that looks like an address, with or without a scheme.
std::string without_credentials(std::string_view url);

/// A letter or digit of ASCII, whatever the locale.
constexpr bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// `text` in lower or upper case; ASCII letters only.
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);

/// `text` without blanks, tabs and line ends at either end.
std::string_view trim(std::string_view text);

}  // namespace dkr
