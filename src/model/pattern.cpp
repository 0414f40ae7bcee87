#include "model/pattern.h"

#include <cstddef>
#include <optional>

namespace dkr {
namespace {

/// Takes the next character of a class, without its backslash; absent at the end of the pattern,
/// and before `-` and `]`.
std::optional<char> take_class_character(std::string_view& pattern) {
  if (pattern.empty() || pattern.front() == '-' || pattern.front() == ']') return std::nullopt;
  if (pattern.front() == '\\') pattern.remove_prefix(1);
  if (pattern.empty()) return std::nullopt;
  const char character = pattern.front();
  pattern.remove_prefix(1);
  return character;
}

constexpr unsigned char byte(char character) { return static_cast<unsigned char>(character); }

/// Reads a class after its opening bracket. Returns whether it contains `character`; absent when it
/// is not valid.
std::optional<bool> take_class(std::string_view& pattern, char character) {
  const bool is_negated = pattern.starts_with('^');
  if (is_negated) pattern.remove_prefix(1);
  bool contains = false;
  bool is_empty = true;
  while (is_empty || !pattern.starts_with(']')) {
    is_empty = false;
    const auto low = take_class_character(pattern);
    if (!low) return std::nullopt;
    auto high = low;
    if (pattern.starts_with('-')) {
      pattern.remove_prefix(1);
      high = take_class_character(pattern);
      if (!high) return std::nullopt;
    }
    contains = contains || (byte(*low) <= byte(character) && byte(character) <= byte(*high));
  }
  pattern.remove_prefix(1);
  return contains != is_negated;
}

/// Reads what stands for one character. Returns whether it matches `character`; absent when it is
/// not valid.
std::optional<bool> take_one(std::string_view& pattern, char character) {
  char first = pattern.front();
  pattern.remove_prefix(1);
  if (first == '?') return true;
  if (first == '[') return take_class(pattern, character);
  if (first == '\\') {
    if (pattern.empty()) return std::nullopt;
    first = pattern.front();
    pattern.remove_prefix(1);
  }
  return first == character;
}

}  // namespace

bool is_pattern(std::string_view pattern) {
  while (!pattern.empty()) {
    if (pattern.front() == '*') {
      pattern.remove_prefix(1);
    } else if (!take_one(pattern, 'a')) {
      return false;
    }
  }
  return true;
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
  // Only the last `*` has to be tried with more characters.
  std::optional<std::string_view> after_star;
  std::string_view retry;
  while (true) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      after_star = pattern;
      retry = text;
      continue;
    }
    if (text.empty() && pattern.empty()) return true;
    if (!text.empty() && !pattern.empty() && take_one(pattern, text.front()).value_or(false)) {
      text.remove_prefix(1);
      continue;
    }
    if (!after_star || retry.empty()) return false;
    retry.remove_prefix(1);
    text = retry;
    pattern = *after_star;
  }
}

}  // namespace dkr
