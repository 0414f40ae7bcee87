// Text in quotes, as Go writes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dkr {

enum class QuoteStyle { kUnicode, kAscii };

/// `text` in double quotes, as Go's strconv.Quote() writes it, or QuoteToASCII(). Unlike Go, it
/// does not know which code points beyond ASCII are assigned: those that control a terminal are
/// escaped.
std::string go_quoted(std::string_view text, QuoteStyle style);

/// The character in single quotes, as strconv.QuoteRune() writes it.
std::string go_quoted_rune(std::uint64_t code_point, QuoteStyle style);

/// Whether Go would write `text` in backquotes: it has no control characters but tabs, and no
/// backquote.
bool can_backquote(std::string_view text);

}  // namespace dkr
