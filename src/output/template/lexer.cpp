#include "output/template/lexer.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "output/template/template.h"
#include "output/template/utf8.h"

namespace dkr {
namespace {

constexpr std::string_view kOpenDelimiter = "{{";
constexpr std::string_view kCloseDelimiter = "}}";
constexpr std::string_view kTemplateSpace = " \t\r\n";
constexpr std::size_t kTrimMarkerLength = 2;  // a hyphen and a blank

bool is_template_space(char c) { return kTemplateSpace.find(c) != std::string_view::npos; }

bool is_decimal_digit(char c) { return c >= '0' && c <= '9'; }

/// Go has letters and digits of all of Unicode here. No name that exists has one beyond ASCII.
bool is_word(char c) {
  return is_alphanumeric(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool opens_with_trim_marker(std::string_view action) {
  return action.size() >= kTrimMarkerLength && action[0] == '-' && is_template_space(action[1]);
}

/// The length of the run of `allowed` characters at `offset` of `text`.
std::size_t run_length(std::string_view text, std::size_t offset, std::string_view allowed) {
  const std::size_t end = text.find_first_not_of(allowed, offset);
  return std::min(end, text.size()) - std::min(offset, text.size());
}

}  // namespace

std::string position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const std::size_t position = utf8::count_runes(before.substr(line_start)) + 1;
  if (text.find('\n') == std::string_view::npos) return fmt::format("position {}", position);
  return fmt::format("line {}, position {}", std::ranges::count(before, '\n') + 1, position);
}

TemplateToken Lexer::next() {
  if (!is_in_action_) return text_or_open();
  follows_space_ = false;
  while (offset_ < text_.size() && close_length() == 0 && is_template_space(text_[offset_])) {
    follows_space_ = true;
    ++offset_;
  }
  return in_action();
}

TemplateToken Lexer::take(TokenKind kind, std::size_t length) {
  const TemplateToken token{kind, offset_, text_.substr(offset_, length), follows_space_};
  offset_ += length;
  return token;
}

TemplateToken Lexer::text_or_open() {
  while (offset_ < text_.size()) {
    const std::size_t length = std::min(rest().find(kOpenDelimiter), rest().size());
    std::string_view text = rest().substr(0, length);
    if (opens_with_trim_marker(rest().substr(std::min(length + 2, rest().size())))) {
      text = text.substr(0, text.find_last_not_of(kTemplateSpace) + 1);
    }
    if (!text.empty()) {
      const TemplateToken token{TokenKind::kText, offset_, text, false};
      offset_ += length;
      return token;
    }
    offset_ += length;
    const std::size_t marker = opens_with_trim_marker(rest().substr(2)) ? kTrimMarkerLength : 0;
    if (!rest().substr(kOpenDelimiter.size() + marker).starts_with("/*")) return open();
    skip_comment();
  }
  return take(TokenKind::kEnd, 0);
}

TemplateToken Lexer::open() {
  is_in_action_ = true;
  action_ = offset_;
  parentheses_ = 0;
  follows_space_ = false;
  const TemplateToken token = take(TokenKind::kOpen, kOpenDelimiter.size());
  if (opens_with_trim_marker(rest())) offset_ += kTrimMarkerLength;
  return token;
}

void Lexer::skip_comment() {
  const std::size_t end = rest().find("*/");
  if (end == std::string_view::npos) {
    throw TemplateError(position_of(text_, offset_) + ": the comment does not end with */}}");
  }
  const std::size_t start = offset_;
  offset_ += end + 2;
  if (close_length() == 0) {
    throw TemplateError(position_of(text_, start) +
                        ": a comment is an action of its own: {{/* */}}");
  }
  (void)close();
}

TemplateToken Lexer::close() {
  const std::size_t length = close_length();
  is_in_action_ = false;
  const TemplateToken token = take(TokenKind::kClose, length);
  if (length > kCloseDelimiter.size()) offset_ += run_length(text_, offset_, kTemplateSpace);
  return token;
}

std::size_t Lexer::close_length() const {
  const std::string_view here = rest();
  if (here.starts_with(kCloseDelimiter)) return kCloseDelimiter.size();
  const bool is_trimming = here.size() >= kTrimMarkerLength && is_template_space(here[0]) &&
                           here[1] == '-' &&
                           here.substr(kTrimMarkerLength).starts_with(kCloseDelimiter);
  return is_trimming ? kTrimMarkerLength + kCloseDelimiter.size() : 0;
}

TemplateToken Lexer::in_action() {
  if (close_length() > 0) {
    if (parentheses_ == 0) return close();
    throw TemplateError(position_of(text_, offset_) + ": a parenthesis is still open");
  }
  if (offset_ == text_.size()) {
    throw TemplateError(position_of(text_, action_) + ": the action does not end with }}");
  }
  const char c = text_[offset_];
  const char following = offset_ + 1 < text_.size() ? text_[offset_ + 1] : '\0';
  if (c == '|') return take(TokenKind::kPipe, 1);
  if (c == '"') return quoted(TokenKind::kString, "text in quotes");
  if (c == '`') return quoted(TokenKind::kRawString, "raw text");
  if (c == '\'') return quoted(TokenKind::kCharacter, "character");
  if (c == '$' || (c == '.' && !is_decimal_digit(following))) return field_or_variable();
  if (c == '.' || c == '+' || c == '-' || is_decimal_digit(c)) return number();
  if (is_word(c)) return identifier();
  if (c == '(') {
    ++parentheses_;
    return take(TokenKind::kOpenParenthesis, 1);
  }
  if (c == ')') {
    if (parentheses_ == 0) {
      throw TemplateError(position_of(text_, offset_) + ": no parenthesis is open");
    }
    --parentheses_;
    return take(TokenKind::kCloseParenthesis, 1);
  }
  return take(TokenKind::kOther, 1);
}

TemplateToken Lexer::identifier() {
  std::size_t length = 0;
  while (length < rest().size() && is_word(rest()[length])) ++length;
  const TemplateToken token = take(TokenKind::kIdentifier, length);
  require_terminator();
  return token;
}

TemplateToken Lexer::field_or_variable() {
  const bool is_field = text_[offset_] == '.';
  std::size_t length = 1;
  while (length < rest().size() && is_word(rest()[length])) ++length;
  const TokenKind kind = !is_field     ? TokenKind::kVariable
                         : length == 1 ? TokenKind::kDot
                                       : TokenKind::kField;
  const TemplateToken token = take(kind, length);
  require_terminator();
  return token;
}

/// As loose as Go's scanNumber(): takes `0x0.2` and `089` as well.
TemplateToken Lexer::number() {
  const std::string_view here = rest();
  std::size_t length = here[0] == '+' || here[0] == '-' ? 1 : 0;
  const auto skip = [&](std::string_view allowed) { length += run_length(here, length, allowed); };
  const auto skip_one = [&](std::string_view allowed) {
    const bool is_there =
        length < here.size() && allowed.find(here[length]) != std::string_view::npos;
    length += is_there ? 1 : 0;
    return is_there;
  };
  std::string_view digits = "0123456789_";
  std::string_view exponent = "eE";
  if (skip_one("0")) {
    if (skip_one("xX")) {
      digits = "0123456789abcdefABCDEF_";
      exponent = "pP";
    } else if (skip_one("oO")) {
      digits = "01234567_";
      exponent = "";
    } else if (skip_one("bB")) {
      digits = "01_";
      exponent = "";
    }
  }
  skip(digits);
  if (skip_one(".")) skip(digits);
  if (skip_one(exponent)) {
    skip_one("+-");
    skip("0123456789_");
  }
  while (length < here.size() && is_word(here[length])) ++length;  // which is then no number
  return take(TokenKind::kNumber, std::max<std::size_t>(length, 1));
}

TemplateToken Lexer::quoted(TokenKind kind, std::string_view what) {
  const std::string_view here = rest();
  const char quote = here[0];
  const bool is_raw = kind == TokenKind::kRawString;
  for (std::size_t i = 1; i < here.size(); ++i) {
    if (here[i] == quote) return take(kind, i + 1);
    if (is_raw) continue;
    if (here[i] == '\n') break;
    if (here[i] == '\\' && i + 1 < here.size() && here[i + 1] != '\n') ++i;
  }
  throw TemplateError(fmt::format("{}: the {} does not end with {}{}", position_of(text_, offset_),
                                  what, quote, is_raw ? "" : " on its line"));
}

bool Lexer::is_at_terminator() const {
  if (offset_ == text_.size() || is_template_space(text_[offset_])) return true;
  return std::string_view(".,|:()").find(text_[offset_]) != std::string_view::npos ||
         rest().starts_with(kCloseDelimiter);
}

void Lexer::require_terminator() const {
  if (is_at_terminator()) return;
  throw TemplateError(fmt::format("{}: \"{}\" must not follow a name", position_of(text_, offset_),
                                  printable(rest().substr(0, 1))));
}

}  // namespace dkr
