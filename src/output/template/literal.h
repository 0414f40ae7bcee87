// The literals of Go that templates may have.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace dkr {

/// What the literal `quoted` stands for, in double quotes with Go's escapes, or in backquotes;
/// absent if an escape is none of Go's. Bytes that are not UTF-8 become replacement characters, but
/// not in raw text.
std::optional<std::string> unquote_text(std::string_view quoted);

/// The code point of a character in single quotes; absent if there is not exactly one.
std::optional<std::int64_t> unquote_character(std::string_view quoted);

struct NumberLiteral {
  std::variant<std::int64_t, double> value;  ///< a double if it is written as one: 3.0, 1e3
  std::optional<std::int64_t> integer;       ///< if it has no fraction: where an integer is needed
};

/// A number as Go writes it: in base 2, 8, 10 or 16, with underscores, a fraction, an exponent.
/// Absent if it is none, is complex, or is out of range of std::int64_t or double.
std::optional<NumberLiteral> parse_number_literal(std::string_view text);

}  // namespace dkr
