#include "cli/values.h"

#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "base/text.h"
#include "model/pattern.h"

namespace dkr {
namespace {

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The number of bytes in `unit`, which is in lower case.
std::optional<std::uint64_t> bytes_of_unit(std::string_view unit) {
  if (unit.empty() || unit == "b") return 1;
  const std::size_t power = std::string_view("kmgtp").find(unit.front());
  if (power == std::string_view::npos) return std::nullopt;
  const std::string_view rest = unit.substr(1);
  if (!rest.empty() && rest != "b" && rest != "ib") return std::nullopt;
  constexpr std::uint64_t kDecimal = 1000;
  constexpr std::uint64_t kBinary = 1024;
  const std::uint64_t base = rest == "ib" ? kBinary : kDecimal;
  std::uint64_t bytes = base;
  for (std::size_t i = 0; i < power; ++i) bytes *= base;
  return bytes;
}

/// `whole`.`fraction` times `factor`, truncated; absent when it exceeds 64 bits. Uses integers,
/// since in binary floating point 2.1 times a billion is a little less than 2,100,000,000.
std::optional<std::uint64_t> multiply(std::string_view whole, std::string_view fraction,
                                      std::uint64_t factor) {
  constexpr std::size_t kDigits = 18;  // further ones make no difference of a byte
  std::uint64_t result = 0;
  if (!whole.empty()) {
    const auto number = parse_number<std::uint64_t>(whole);
    if (!number || __builtin_mul_overflow(*number, factor, &result)) return std::nullopt;
  }
  std::string padded(fraction.substr(0, kDigits));
  padded.append(kDigits - padded.size(), '0');
  constexpr std::uint64_t kScale = 1'000'000'000'000'000'000;
  __extension__ using Wide = unsigned __int128;
  const Wide part = Wide{parse_number<std::uint64_t>(padded).value()} * factor / kScale;
  if (__builtin_add_overflow(result, static_cast<std::uint64_t>(part), &result))
    return std::nullopt;
  return result;
}

}  // namespace

std::int64_t parse_count(std::string_view text, CountRange range) {
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  const auto number = parse_number<std::int64_t>(digits);
  if (!number || *number < range.min || *number > range.max || digits.starts_with('-')) {
    throw InvalidValue(
        range.max == INT64_MAX
            ? fmt::format("expected a whole number, {} or more", range.min)
            : fmt::format("expected a whole number from {} to {}", range.min, range.max));
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
  constexpr std::string_view kDigits = "0123456789";
  const std::string_view whole = text.substr(0, text.find_first_not_of(kDigits));
  std::string_view unit = text.substr(whole.size());
  std::string_view fraction;
  if (unit.starts_with('.')) {
    fraction = unit.substr(1, unit.substr(1).find_first_not_of(kDigits));
    unit.remove_prefix(1 + fraction.size());
  }
  if (unit.size() > 1 && unit.front() == ' ') unit.remove_prefix(1);
  const bool has_digits = !whole.empty() || !fraction.empty();
  const auto factor = bytes_of_unit(to_lower(unit));
  const auto bytes = has_digits && factor ? multiply(whole, fraction, *factor) : std::nullopt;
  if (!bytes) {
    throw InvalidValue(
        "expected a size such as 100MB, 1.5 GB, 512KiB or 100 (bytes), below 16 EiB");
  }
  return *bytes;
}

Renaming read_renaming(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) {
    throw InvalidValue("expected PREFIX=PREFIX, such as team/=mirror/team/; either may be empty");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::string read_pattern(const std::string& text) {
  if (!is_pattern(text)) {
    throw InvalidValue(
        "expected a pattern: * for any characters, ? for one, [a-z] for one of these, and \\ "
        "before "
        "a character that stands for itself");
  }
  return text;
}

LogLevel read_log_level(std::string_view text) {
  const auto level = parse_log_level(text);
  if (!level) throw InvalidValue("expected " + alternatives(kLogLevelNames));
  return *level;
}

std::vector<Candidate> log_level_candidates(std::string_view typed, World& /*world*/,
                                            const Command& /*command*/) {
  const bool is_lower = !typed.empty() && to_lower(typed) == typed;
  std::vector<Candidate> result;
  for (const std::string_view name : kLogLevelNames) {
    result.push_back({is_lower ? to_lower(name) : std::string(name)});
  }
  return result;
}

Platform read_platform(std::string_view text) {
  const auto platform = parse_platform(text);
  if (!platform) {
    throw InvalidValue("expected os/arch[/variant], such as linux/arm64 or linux/arm/v7, or all");
  }
  return *platform;
}

std::vector<Candidate> platform_candidates(std::string_view /*typed*/, World& /*world*/,
                                           const Command& /*command*/) {
  return {{"all"},       {"linux/amd64"},   {"linux/arm64"},   {"linux/arm/v7"}, {"linux/arm/v6"},
          {"linux/386"}, {"linux/ppc64le"}, {"linux/riscv64"}, {"linux/s390x"},  {"windows/amd64"}};
}

std::string alternatives(std::span<const std::string_view> names) {
  if (names.size() == 1) return std::string(names.front());
  return fmt::format("{} or {}", fmt::join(names.first(names.size() - 1), ", "), names.back());
}

}  // namespace dkr
