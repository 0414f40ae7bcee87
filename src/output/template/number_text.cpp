#include "output/template/number_text.h"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"

namespace dkr {
namespace {

// Digits before the point of the largest double, and some for signs and exponents.
constexpr std::size_t kMaxFloatDigits = 400;

/// Runs std::to_chars() with `how`: a format, and perhaps a precision.
template <typename... How>
std::string float_chars(double value, std::size_t max_size, How... how) {
  std::string result(max_size, '\0');
  char* const end = std::to_chars(result.data(), result.data() + result.size(), value, how...).ptr;
  result.resize(static_cast<std::size_t>(end - result.data()));
  return result;
}

/// C's hexadecimal `-1.8p+0` as Go has it: `-0x1.8p+00`.
std::string go_hexadecimal(std::string_view chars) {
  const std::string_view sign = chars.substr(0, chars.starts_with('-') ? 1 : 0);
  const std::size_t p = chars.find('p');
  const int exponent = std::atoi(std::string(chars.substr(p + 1)).c_str());
  return fmt::format("{}0x{}p{}{:02}", sign, chars.substr(sign.size(), p - sign.size()),
                     exponent < 0 ? '-' : '+', std::abs(exponent));
}

/// Whether %g without a precision has an exponent.
bool has_exponent_in_go(std::string_view scientific) {
  constexpr int kMinPlain = -4;
  constexpr int kMaxPlain = 5;
  const int exponent = std::atoi(std::string(scientific.substr(scientific.find('e') + 1)).c_str());
  return exponent < kMinPlain || exponent > kMaxPlain;
}

std::string in_case_of(char verb, std::string text) {
  return verb >= 'A' && verb <= 'Z' ? to_upper(text) : text;
}

}  // namespace

std::string shortest_float_text(double value, char verb) {
  const std::string scientific = float_chars(value, kMaxFloatDigits, std::chars_format::scientific);
  const auto fixed = [&] { return float_chars(value, kMaxFloatDigits, std::chars_format::fixed); };
  switch (to_lower(verb)) {
    case 'e':
      return in_case_of(verb, scientific);
    case 'f':
      return fixed();
    case 'x':
      return in_case_of(
          verb, go_hexadecimal(float_chars(value, kMaxFloatDigits, std::chars_format::hex)));
    default:
      return in_case_of(verb, has_exponent_in_go(scientific) ? scientific : fixed());
  }
}

std::string float_text(double value, char verb, int precision) {
  const std::size_t size = kMaxFloatDigits + static_cast<std::size_t>(precision);
  const auto chars = [&](std::chars_format format) {
    return float_chars(value, size, format, precision);
  };
  switch (to_lower(verb)) {
    case 'e':
      return in_case_of(verb, chars(std::chars_format::scientific));
    case 'f':
      return chars(std::chars_format::fixed);
    case 'x':
      return in_case_of(verb, go_hexadecimal(chars(std::chars_format::hex)));
    default:
      return in_case_of(verb, chars(std::chars_format::general));
  }
}

std::string json_float_text(double value) {
  constexpr double kMin = 1e-6;
  constexpr double kMax = 1e21;
  const double magnitude = std::abs(value);
  if (magnitude == 0 || (magnitude >= kMin && magnitude < kMax)) {
    return shortest_float_text(value, 'f');
  }
  std::string text = shortest_float_text(value, 'e');
  // e-09 becomes e-9.
  const std::size_t e = text.rfind("e-0");
  if (e != std::string::npos && e + 4 == text.size()) text.erase(e + 2, 1);
  return text;
}

}  // namespace dkr
