// Cuts a template into tokens, as Go's text/template/parse/lex.go does.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dkr {

enum class TokenKind {
  kText,        ///< between actions, trimmed where a `-` asks for it; never empty
  kOpen,        ///< `{{`
  kClose,       ///< `}}`
  kIdentifier,  ///< a function, a keyword, true, false or nil
  kField,       ///< `.Name`, with the dot
  kDot,         ///< `.` alone
  kVariable,    ///< `$` or `$name`
  kNumber,      ///< what starts like one; literal.h tells if it is
  kCharacter,   ///< with its quotes, as are the following
  kString,
  kRawString,
  kPipe,
  kOpenParenthesis,
  kCloseParenthesis,
  kOther,  ///< an ASCII character that no other token starts with
  kEnd,    ///< of the template
};

struct TemplateToken {
  TokenKind kind = TokenKind::kEnd;
  std::size_t offset = 0;  ///< in the template
  std::string_view text;
  bool follows_space = false;  ///< or a line end: within an action, operands need one in between
};

/// The position of the character at byte `offset` of `text`, for messages: `position 4`, or `line
/// 2, position 4` if `text` has several lines.
std::string position_of(std::string_view text, std::size_t offset);

class Lexer {
 public:
  /// The tokens of `text`, which must outlive this and them.
  explicit Lexer(std::string_view text) : text_(text) {}

  /// The next token; kEnd again after the first. Throws TemplateError for what starts no token, and
  /// for what does not end. Comments are skipped.
  TemplateToken next();

 private:
  TemplateToken text_or_open();
  TemplateToken open();
  void skip_comment();
  TemplateToken close();
  TemplateToken in_action();
  TemplateToken identifier();
  TemplateToken field_or_variable();
  TemplateToken number();
  TemplateToken quoted(TokenKind kind, std::string_view what);

  [[nodiscard]] std::string_view rest() const { return text_.substr(offset_); }
  [[nodiscard]] std::size_t close_length() const;  // of }} or -}} with a space before it; or 0
  [[nodiscard]] bool is_at_terminator() const;
  void require_terminator() const;
  TemplateToken take(TokenKind kind, std::size_t length);

  std::string_view text_;
  std::size_t offset_ = 0;
  std::size_t parentheses_ = 0;  // open ones of the current action
  std::size_t action_ = 0;       // where that starts
  bool is_in_action_ = false;
  bool follows_space_ = false;
};

}  // namespace dkr
