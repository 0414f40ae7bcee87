#include "cli/values.h"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "base/text.h"

namespace dkr {
namespace {

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

/// How many bytes `unit`, in lower case, stands for.
std::optional<long double> bytes_of(std::string_view unit) {
  if (unit.empty() || unit == "b") return 1;
  const std::size_t power = std::string_view("kmgtp").find(unit.front());
  if (power == std::string_view::npos) return std::nullopt;
  const std::string_view rest = unit.substr(1);
  if (!rest.empty() && rest != "b" && rest != "ib") return std::nullopt;
  return std::pow(rest == "ib" ? 1024.0L : 1000.0L, power + 1);
}

}  // namespace

std::int64_t parse_count(std::string_view text, std::int64_t largest) {
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  const auto number = parse_number<std::int64_t>(digits);
  if (!number || *number < 0 || *number > largest || digits.starts_with('-')) {
    throw InvalidValue(largest == INT64_MAX
                           ? "expected a whole number, 0 or more"
                           : fmt::format("expected a whole number from 0 to {}", largest));
  }
  return *number;
}

bool parse_bool(std::string_view text) {
  for (const auto* word : {"1", "t", "T", "true", "True", "TRUE"}) {
    if (text == word) return true;
  }
  for (const auto* word : {"0", "f", "F", "false", "False", "FALSE"}) {
    if (text == word) return false;
  }
  throw InvalidValue("expected true or false");
}

std::uint64_t parse_size(std::string_view text) {
  constexpr long double kTooLarge = 0x1p64L;
  std::size_t end = text.find_first_not_of("0123456789.");
  if (end == std::string_view::npos) end = text.size();
  const std::string_view digits = text.substr(0, end);
  std::string_view unit = text.substr(end);
  if (unit.size() > 1 && unit.front() == ' ') unit.remove_prefix(1);
  const auto number = parse_number<long double>(digits);
  const auto factor = bytes_of(to_lower(unit));
  const long double bytes = number && factor ? *number * *factor : kTooLarge;
  if (!(bytes < kTooLarge)) {
    throw InvalidValue(
        "expected a size such as 100MB, 1.5 GB, 512KiB or 100 (bytes), below 16 EiB");
  }
  return static_cast<std::uint64_t>(bytes);
}

}  // namespace dkr
