#include "output/template/literal.h"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <system_error>

#include "output/template/utf8.h"

namespace dkr {
namespace {

/// What one character or escape stands for, and the length of the rest of the text after it. A byte
/// escape, such as \xff, stands for a byte and no character.
struct Unquoted {
  std::uint32_t value;
  bool is_byte;
  std::size_t length;
};

std::optional<std::uint32_t> escape_digits(std::string_view text, std::size_t count, int base) {
  std::uint32_t value = 0;
  if (text.size() < count) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + count, value, base);
  if (error != std::errc() || end != text.data() + count) return std::nullopt;
  return value;
}

/// The escape at the start of `text`, a backslash, as Go's strconv.UnquoteChar reads it.
std::optional<Unquoted> unquote_escape(std::string_view text, char quote) {
  if (text.size() < 2) return std::nullopt;
  const char c = text[1];
  constexpr std::string_view kLetters = "abfnrtv\\";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\";
  if (const std::size_t i = kLetters.find(c); i != std::string_view::npos) {
    return Unquoted{static_cast<unsigned char>(kMeanings[i]), false, 2};
  }
  if (c == quote) return Unquoted{static_cast<unsigned char>(c), false, 2};
  if (c == 'x' || c == 'u' || c == 'U') {
    const std::size_t count = c == 'x' ? 2 : c == 'u' ? 4 : 8;
    const auto value = escape_digits(text.substr(2), count, 16);
    if (!value || (c != 'x' && !utf8::is_rune(*value))) return std::nullopt;
    return Unquoted{*value, c == 'x', 2 + count};
  }
  constexpr std::size_t kOctalDigits = 3;
  constexpr std::uint32_t kMaxByte = 255;
  const auto value = escape_digits(text.substr(1), kOctalDigits, 8);
  if (!value || *value > kMaxByte) return std::nullopt;
  return Unquoted{*value, true, 1 + kOctalDigits};
}

std::optional<Unquoted> unquote_one(std::string_view text, char quote) {
  if (text[0] == quote || text[0] == '\n') return std::nullopt;
  if (text[0] == '\\') return unquote_escape(text, quote);
  const utf8::Rune rune = utf8::first_rune(text);
  return Unquoted{rune.code_point, false, rune.length};
}

std::string without_underscores(std::string_view digits) {
  std::string result;
  for (const char c : digits) {
    if (c != '_') result += c;
  }
  return result;
}

/// Whether each underscore of `text`, a number without its sign, is between two digits, or between
/// the prefix of a base and a digit. Only numbers whose base is told by their prefix may have any.
bool has_good_underscores(std::string_view text, bool has_prefix) {
  const std::string_view digits = has_prefix ? "0123456789abcdefABCDEF" : "0123456789";
  const auto is_digit_at = [&](std::size_t i) {
    return i < text.size() && digits.find(text[i]) != std::string_view::npos;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') continue;
    const bool follows = i > 0 && (is_digit_at(i - 1) || (has_prefix && i == 2));
    if (!follows || !is_digit_at(i + 1)) return false;
  }
  return true;
}

/// The base that the prefix of `text` tells, as Go's strconv.ParseInt with base 0 has it.
int base_of(std::string_view text) {
  if (text.size() < 2 || text[0] != '0') return 10;
  switch (text[1]) {
    case 'x':
    case 'X':
      return 16;
    case 'o':
    case 'O':
      return 8;
    case 'b':
    case 'B':
      return 2;
    default:
      return 8;
  }
}

bool has_base_prefix(std::string_view text) {
  return text.size() > 1 && text[0] == '0' &&
         std::string_view("xXoObB").find(text[1]) != std::string_view::npos;
}

std::optional<std::int64_t> parse_integer_literal(std::string_view sign, std::string_view text) {
  const int base = base_of(text);
  std::string digits(sign == "-" ? "-" : "");
  digits += without_underscores(text.substr(has_base_prefix(text) ? 2 : 0));
  std::int64_t value = 0;
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, value, base);
  if (error != std::errc() || end != last) return std::nullopt;
  return value;
}

std::optional<double> parse_float_literal(std::string_view text) {
  const bool is_hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  // Go wants an exponent in those.
  if (is_hexadecimal && text.find_first_of("pP") == std::string_view::npos) return std::nullopt;
  const std::string digits = without_underscores(text.substr(is_hexadecimal ? 2 : 0));
  double value = 0;
  const char* const last = digits.data() + digits.size();
  const auto [end, error] =
      std::from_chars(digits.data(), last, value,
                      is_hexadecimal ? std::chars_format::hex : std::chars_format::general);
  // What is too small is 0 in Go.
  if (error != std::errc() || end != last || std::isinf(value)) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::string> unquote_text(std::string_view quoted) {
  const char quote = quoted.front();
  std::string_view text = quoted.substr(1, quoted.size() - 2);
  std::string result;
  if (quote == '`') {
    for (const char c : text) {
      if (c != '\r') result += c;
    }
    return result;
  }
  while (!text.empty()) {
    const auto one = unquote_one(text, quote);
    if (!one) return std::nullopt;
    if (one->is_byte) {
      result += static_cast<char>(one->value);
    } else {
      result += utf8::encoded(one->value);
    }
    text.remove_prefix(one->length);
  }
  return result;
}

std::optional<std::int64_t> unquote_character(std::string_view quoted) {
  const std::string_view text = quoted.substr(1, quoted.size() - 2);
  if (text.empty()) return std::nullopt;
  const auto one = unquote_one(text, quoted.front());
  if (!one || one->length != text.size()) return std::nullopt;
  return one->value;
}

std::optional<NumberLiteral> parse_number_literal(std::string_view text) {
  const bool has_sign = text.starts_with('+') || text.starts_with('-');
  const std::string_view sign = text.substr(0, has_sign ? 1 : 0);
  const std::string_view number = text.substr(sign.size());
  if (number.empty() || number.find_first_of("+-") == 0) return std::nullopt;
  const bool has_prefix = has_base_prefix(number);
  if (!has_good_underscores(number, has_prefix)) return std::nullopt;
  const bool looks_like_float =
      number.find('.') != std::string_view::npos ||
      number.find_first_of(has_prefix ? "pP" : "eE") != std::string_view::npos;
  if (!looks_like_float) {
    const auto integer = parse_integer_literal(sign, number);
    if (!integer) return std::nullopt;
    return NumberLiteral{*integer, integer};
  }
  const auto magnitude = parse_float_literal(number);
  if (!magnitude) return std::nullopt;
  const double value = sign == "-" ? -*magnitude : *magnitude;
  NumberLiteral result{value, std::nullopt};
  constexpr double kTooLarge = 0x1p63;
  if (value == std::trunc(value) && std::abs(value) < kTooLarge) {
    result.integer = static_cast<std::int64_t>(value);
  }
  return result;
}

}  // namespace dkr
