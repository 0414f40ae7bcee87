#include "output/template/verb.h"

#include <algorithm>

#include <fmt/format.h>

#include "output/template/number_text.h"
#include "output/template/quote.h"
#include "output/template/utf8.h"
#include "output/template/value.h"

namespace dkr {
namespace {

std::string digits_of(std::uint64_t value, unsigned base, bool upper) {
  switch (base) {
    case 2:
      return fmt::format("{:b}", value);
    case 8:
      return fmt::format("{:o}", value);
    case 16:
      return upper ? fmt::format("{:X}", value) : fmt::format("{:x}", value);
    default:
      return fmt::format("{}", value);
  }
}

/// The flag # of %e, %f, %g and %x: a decimal point in any case, and for %g and %x zeros up to
/// `digits` significant digits. `number` has no sign.
std::string with_point_and_zeros(std::string number, char verb, int digits) {
  const bool is_hexadecimal = verb == 'x' || verb == 'X';
  const std::size_t exponent =
      std::min(number.find_first_of(is_hexadecimal ? "pP" : "eE"), number.size());
  const std::string tail = number.substr(exponent);
  number.resize(exponent);
  const bool has_point = number.find('.') != std::string::npos;
  bool is_significant = false;
  for (const char c : number) {
    if (c == '.') continue;
    is_significant = is_significant || c != '0';
    digits -= is_significant ? 1 : 0;
  }
  if (!has_point) {
    if (number == "0") --digits;
    number += '.';
  }
  number.append(static_cast<std::size_t>(std::max(digits, 0)), '0');
  return number + tail;
}

}  // namespace

void VerbWriter::write(std::string_view text) {
  require_room(text_.size() + text.size(), max_bytes_);
  text_ += text;
}

void VerbWriter::write_padding(std::size_t count, const VerbFlags& flags) {
  require_room(count, max_bytes_ - text_.size());
  text_.append(count, flags.zero && !flags.minus ? '0' : ' ');
}

void VerbWriter::write_padded(std::string_view text, const VerbFlags& flags) {
  const std::size_t width = flags.width.value_or(0);
  const std::size_t length = width == 0 ? 0 : utf8::count_runes(text);
  const std::size_t padding = width > length ? width - length : 0;
  if (!flags.minus) write_padding(padding, flags);
  write(text);
  if (flags.minus) write_padding(padding, flags);
}

// NOLINTBEGIN(misc-no-recursion): a bad verb is written with %v, which is none

void VerbWriter::write_value(const TemplateValue& value, std::uint32_t verb,
                             const VerbFlags& flags) {
  if (std::holds_alternative<std::nullptr_t>(value)) {
    if (verb != 'v' && verb != 'T') return write_bad_verb(value, verb, flags);
    return write_padded("<nil>", flags);
  }
  if (verb == 'T') return write_text(go_type_of(value), 's', flags);
  if (std::holds_alternative<std::monostate>(value)) {
    return write_text("", verb == 'q' || verb == 'v' ? verb : 's', flags);
  }
  if (const auto* text = std::get_if<std::string>(&value)) return write_text(*text, verb, flags);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    return write_integer(*integer, verb, flags);
  }
  if (const auto* number = std::get_if<double>(&value)) return write_float(*number, verb, flags);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    return write_list(*list, verb, flags);
  }
  if (verb != 'v' && verb != 't') return write_bad_verb(value, verb, flags);
  write_padded(std::get<bool>(value) ? "true" : "false", flags);
}

void VerbWriter::write_bad_verb(const TemplateValue& value, std::uint32_t verb,
                                const VerbFlags& flags) {
  write("%!" + utf8::encoded(verb) + "(");
  if (std::holds_alternative<std::nullptr_t>(value)) {
    write("<nil>");
  } else {
    write(go_type_of(value));
    write("=");
    write_value(value, 'v', flags);
  }
  write(")");
}

void VerbWriter::write_text(std::string_view text, std::uint32_t verb, const VerbFlags& flags) {
  const bool is_go_syntax = verb == 'v' && flags.sharp_v;
  if (verb == 'x' || verb == 'X') return write_hexadecimal(text, verb == 'X', flags);
  if (verb != 's' && verb != 'v' && verb != 'q') {
    return write_bad_verb(std::string(text), verb, flags);
  }
  if (flags.precision) text = utf8::first_runes(text, *flags.precision);
  if (verb != 'q' && !is_go_syntax) return write_padded(text, flags);
  require_room(text.size(), max_bytes_ - text_.size());  // before it is quoted
  if (flags.sharp && can_backquote(text)) {
    return write_padded("`" + std::string(text) + "`", flags);
  }
  write_padded(go_quoted(text, flags.plus ? QuoteStyle::kAscii : QuoteStyle::kUnicode), flags);
}

void VerbWriter::write_hexadecimal(std::string_view text, bool upper, const VerbFlags& flags) {
  text = text.substr(0, flags.precision.value_or(text.size()));
  require_room(text.size(), max_bytes_ - text_.size());
  const std::string_view prefix = upper ? "0X" : "0x";
  std::string result;
  for (const char c : text) {
    const bool is_first = result.empty();
    if (!is_first && flags.space) result += ' ';
    if (flags.sharp && (is_first || flags.space)) result += prefix;
    const auto byte = static_cast<unsigned char>(c);
    result += upper ? fmt::format("{:02X}", byte) : fmt::format("{:02x}", byte);
  }
  write_padded(result, flags);
}

void VerbWriter::write_integer(std::int64_t value, std::uint32_t verb, const VerbFlags& flags) {
  const auto style = flags.plus ? QuoteStyle::kAscii : QuoteStyle::kUnicode;
  switch (verb) {
    case 'v':
    case 'd':
      return write_digits(value, 10, verb, flags);
    case 'b':
      return write_digits(value, 2, verb, flags);
    case 'o':
    case 'O':
      return write_digits(value, 8, verb, flags);
    case 'x':
    case 'X':
      return write_digits(value, 16, verb, flags);
    case 'c':
      return write_padded(utf8::encoded(static_cast<std::uint64_t>(value)), flags);
    case 'q':
      return write_padded(go_quoted_rune(static_cast<std::uint64_t>(value), style), flags);
    case 'U':
      return write_code_point(value, flags);
    default:
      return write_bad_verb(value, verb, flags);
  }
}

void VerbWriter::write_digits(std::int64_t value, unsigned base, std::uint32_t verb,
                              VerbFlags flags) {
  const bool is_negative = value < 0;
  const std::uint64_t magnitude =
      is_negative ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
  std::size_t min_digits = flags.precision.value_or(0);
  if (flags.precision && *flags.precision == 0 && value == 0) {
    flags.zero = false;
    return write_padding(flags.width.value_or(0), flags);
  }
  if (!flags.precision && flags.zero && !flags.minus && flags.width) {
    min_digits = *flags.width;
    const bool has_sign = is_negative || flags.plus || flags.space;
    min_digits -= has_sign && min_digits > 0 ? 1 : 0;
  }
  require_room(min_digits, max_bytes_ - text_.size());
  std::string digits = digits_of(magnitude, base, verb == 'X');
  if (digits.size() < min_digits) digits.insert(0, min_digits - digits.size(), '0');
  if (flags.sharp && base == 2) digits.insert(0, "0b");
  if (flags.sharp && base == 8 && digits[0] != '0') digits.insert(0, "0");
  if (flags.sharp && base == 16) digits.insert(0, verb == 'X' ? "0X" : "0x");
  if (verb == 'O') digits.insert(0, "0o");
  const std::string_view sign = is_negative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
  digits.insert(0, sign);
  flags.zero = false;
  write_padded(digits, flags);
}

void VerbWriter::write_code_point(std::int64_t value, const VerbFlags& flags) {
  const auto code_point = static_cast<std::uint64_t>(value);
  const std::size_t min_digits = std::max<std::size_t>(flags.precision.value_or(0), 4);
  require_room(min_digits, max_bytes_ - text_.size());
  std::string text = fmt::format("{:X}", code_point);
  if (text.size() < min_digits) text.insert(0, min_digits - text.size(), '0');
  text.insert(0, "U+");
  if (flags.sharp && utf8::is_rune(code_point)) {
    const std::string quoted = go_quoted_rune(code_point, QuoteStyle::kUnicode);
    if (quoted.size() == utf8::encoded(code_point).size() + 2) text += " " + quoted;
  }
  VerbFlags padding = flags;
  padding.zero = false;
  write_padded(text, padding);
}

void VerbWriter::write_float(double value, std::uint32_t verb, const VerbFlags& flags) {
  constexpr std::string_view kVerbs = "veEfFgGxX";
  constexpr int kDefaultPrecision = 6;
  if (verb > 'x' || kVerbs.find(static_cast<char>(verb)) == std::string_view::npos) {
    return write_bad_verb(value, verb, flags);
  }
  const char form = verb == 'v' ? 'g' : verb == 'F' ? 'f' : static_cast<char>(verb);
  const bool has_default = form == 'e' || form == 'E' || form == 'f';
  require_room(flags.precision.value_or(0), max_bytes_ - text_.size());
  const int precision = flags.precision ? static_cast<int>(*flags.precision) : kDefaultPrecision;
  std::string number = flags.precision || has_default ? float_text(value, form, precision)
                                                      : shortest_float_text(value, form);
  char sign = '+';
  if (number.front() == '-') {
    sign = '-';
    number.erase(0, 1);
  }
  if (flags.space && sign == '+' && !flags.plus) sign = ' ';
  if (flags.sharp) number = with_point_and_zeros(number, form, has_default ? 0 : precision);
  if (!flags.plus && sign == '+') return write_padded(number, flags);
  if (flags.zero && !flags.minus && flags.width.value_or(0) > number.size() + 1) {
    write(std::string_view(&sign, 1));
    write_padding(*flags.width - number.size() - 1, flags);
    return write(number);
  }
  write_padded(sign + number, flags);
}

void VerbWriter::write_list(const std::vector<std::string>& list, std::uint32_t verb,
                            const VerbFlags& flags) {
  write(flags.sharp_v ? "[]string{" : "[");
  for (const std::string& element : list) {
    if (&element != list.data()) write(flags.sharp_v ? ", " : " ");
    write_text(element, verb, flags);
  }
  write(flags.sharp_v ? "}" : "]");
}

// NOLINTEND(misc-no-recursion)

}  // namespace dkr
