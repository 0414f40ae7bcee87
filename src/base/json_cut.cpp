#include "base/json_cut.h"

#include <algorithm>
#include <string>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

namespace dkr::json {
namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
constexpr bool ends_scalar(char c) {
  return c == ',' || c == ']' || c == '}' || c == ':' || is_blank(c);
}

/// The brackets differ in three bits; so do Y, y, _ and DEL, for which this holds too.
constexpr bool may_be_bracket(char c) { return (static_cast<unsigned char>(c) & 0xD9U) == 0x59; }

Error broken(const char* cause) { return malformed(std::string("not JSON: ") + cause); }

/// The position after the string whose opening quote is at `at`; the end of the text if there is no
/// closing one.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  const std::size_t quote = text.find('"', at + 1);
  if (quote == std::string_view::npos) return text.size();
  if (text[quote - 1] != '\\') return quote + 1;
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return text.size();
}

/// The position after the array or object whose opening bracket is at `at`; the end of the text if
/// there are not as many closing ones.
std::size_t end_of_brackets(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    if (text[at] != '"' && !may_be_bracket(text[at])) {
      ++at;
      continue;
    }
    switch (text[at]) {
      case '"':
        at = end_of_string(text, at);
        continue;
      case '[':
      case '{':
        ++depth;
        break;
      case ']':
      case '}':
        if (--depth == 0) return at + 1;
        break;
      default:
        break;
    }
    ++at;
  }
  return at;
}

/// Whether `key`, with its quotes, names `field`. Escapes are only decoded in keys that could be
/// it.
bool is_key_of(std::string_view key, std::string_view field) {
  constexpr std::size_t kMaxEscapedBytes = 6;  // of a character: \u0061
  if (key.find('\\') == std::string_view::npos) {
    return names_field(key.substr(1, key.size() - 2), field);
  }
  if (key.size() > kMaxEscapedBytes * field.size() + 2) return false;
  const Document document(key);
  return names_field(document.root().string().value_or(""), field);
}

std::size_t end_of_value(std::string_view text, std::size_t at) {
  if (text[at] == '"') return end_of_string(text, at);
  if (text[at] == '[' || text[at] == '{') return end_of_brackets(text, at);
  while (at < text.size() && !ends_scalar(text[at])) ++at;
  return at;
}

}  // namespace

Cutter::Cutter(std::string_view text, char open) : text_(text), close_(open == '[' ? ']' : '}') {
  skip_blanks();
  if (at_ == text_.size() || text_[at_] != open) throw broken("it starts with something else");
  ++at_;
}

std::optional<std::string_view> Cutter::next_element() {
  if (!start_piece()) return std::nullopt;
  return cut_value();
}

std::optional<Cutter::Member> Cutter::next_member() {
  if (!start_piece()) return std::nullopt;
  Member member;
  member.key = cut_value();
  skip_blanks();
  if (member.key.front() != '"' || at_ == text_.size() || text_[at_] != ':') {
    throw broken("a member has no name");
  }
  ++at_;
  member.value = cut_value();
  return member;
}

/// Moves to the start of the next piece; returns false after the last one.
bool Cutter::start_piece() {
  skip_blanks();
  if (at_ == text_.size()) throw broken("it breaks off");
  const char separator = text_[at_];
  if (separator == close_) {
    ++at_;
    skip_blanks();
    if (at_ < text_.size()) throw broken("text after its end");
    return false;
  }
  if (is_first_) {
    is_first_ = false;
    return true;
  }
  if (separator != ',') throw broken("a comma is missing");
  ++at_;
  return true;
}

std::string_view Cutter::cut_value() {
  skip_blanks();
  const std::size_t start = at_;
  if (start < text_.size()) at_ = end_of_value(text_, start);
  if (at_ == text_.size()) throw broken("it breaks off");
  if (at_ == start) throw broken("a value is missing");
  return text_.substr(start, at_ - start);
}

void Cutter::skip_blanks() {
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
}

std::optional<std::string_view> cut_field(std::string_view text, std::string_view field) {
  std::optional<std::string_view> found;
  Cutter object(text, '{');
  while (const auto member = object.next_member()) {
    if (is_key_of(member->key, field)) found = member->value;
  }
  return found;
}

std::string_view first_value(std::string_view text) {
  text = trim(text);
  if (text.empty()) throw broken("it is empty");
  return text.substr(0, std::max<std::size_t>(end_of_value(text, 0), 1));
}

std::size_t count_separators(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    switch (text[at]) {
      case '"':
        at = end_of_string(text, at) - 1;
        break;
      case '[':
      case '{':
      case ',':
      case ':':
        ++count;
        break;
      default:
        break;
    }
  }
  return count;
}

}  // namespace dkr::json
