#include "output/template/parser.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "output/template/argument_check.h"
#include "output/template/lexer.h"
#include "output/template/operand.h"

namespace dkr {
namespace {

constexpr std::string_view kUnsupportedActions[] = {"range", "with",     "define",  "block",
                                                    "break", "continue", "template"};

bool ends_template_pipeline(TokenKind kind) {
  return kind == TokenKind::kClose || kind == TokenKind::kCloseParenthesis;
}

template <typename Names>
std::string joined_names(const Names& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

// NOLINTBEGIN(misc-no-recursion): Level bounds it

/// A recursive descent through what Go's text/template/parse/parse.go accepts.
class TemplateParser {
 public:
  TemplateParser(std::string_view text, std::span<const std::string_view> fields)
      : text_(text), fields_(fields), lexer_(text), token_(lexer_.next()) {
    syntax_.text = text;
    syntax_.is_literal = text.find("{{") == std::string_view::npos;
    syntax_.reads.resize(fields.size());
  }

  TemplateSyntax parse() && {
    syntax_.nodes = nodes();
    if (token_.kind != TokenKind::kEnd) {
      fail(action_, fmt::format("no if is open before {{{{{}}}}}", token_.text));
    }
    return std::move(syntax_);
  }

 private:
  /// One level deeper for as long as it lives.
  class Level {
   public:
    explicit Level(TemplateParser& parser) : parser_(parser) {
      if (++parser_.depth_ > Template::kMaxDepth) parser_.fail_depth(parser_.token_.offset);
    }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    ~Level() { --parser_.depth_; }

   private:
    TemplateParser& parser_;
  };

  /// What stands before the end of the template or, with its `{{` taken, `end` or `else`.
  std::vector<TemplateNode> nodes() {
    std::vector<TemplateNode> result;
    for (;;) {
      if (token_.kind == TokenKind::kEnd) return result;
      if (token_.kind == TokenKind::kText) {
        result.emplace_back().what = std::string(take().text);
        continue;
      }
      action_ = take().offset;  // of {{
      if (is_word("end") || is_word("else")) return result;
      if (is_word("if")) {
        result.emplace_back().what = branches();
      } else {
        refuse_unsupported_action();
        result.emplace_back().what = pipeline("an action");
        expect_close();
      }
    }
  }

  /// From `if` to `{{end}}`.
  std::vector<TemplateBranch> branches() {
    const Level level(*this);
    const std::size_t start = action_;
    std::vector<TemplateBranch> result;
    take();  // if
    result.push_back(branch(pipeline("if")));
    bool has_else = false;
    while (is_word("else")) {
      if (has_else) fail(action_, "a second {{else}}");
      take();
      if (is_word("if")) {
        take();
        result.push_back(branch(pipeline("else if")));
      } else {
        has_else = true;
        result.push_back(branch(std::nullopt));
      }
    }
    if (token_.kind == TokenKind::kEnd) fail(start, "the {{if}} has no {{end}}");
    take();  // end
    expect_close();
    return result;
  }

  TemplateBranch branch(std::optional<TemplateExpression> condition) {
    expect_close();
    return {std::move(condition), nodes()};
  }

  /// Commands separated by `|`, each the last argument of the next, up to what ends them. As in Go,
  /// nothing needs to come after the last `|`.
  TemplateExpression pipeline(std::string_view where) {
    std::optional<TemplateExpression> value;
    while (!ends_template_pipeline(token_.kind)) {
      value = command(std::move(value));
      if (token_.kind != TokenKind::kPipe) break;
      take();
    }
    if (!value) fail(token_.offset, fmt::format("{} needs a value", where));
    if (std::holds_alternative<TemplateDot>(value->what)) fail_dot(value->offset);
    return *std::move(value);
  }

  /// A value, or a function with its arguments, of which `piped` is the last one.
  TemplateExpression command(std::optional<TemplateExpression> piped) {
    const TemplateToken first = token_;
    if (const TemplateFunction* function = function_at_token()) {
      take();
      std::vector<TemplateExpression> arguments;
      while (!ends_template_pipeline(token_.kind) && token_.kind != TokenKind::kPipe) {
        require_space();
        arguments.push_back(operand());
      }
      return call(first.offset, *function, std::move(arguments), std::move(piped));
    }
    TemplateExpression value = operand();
    if (!ends_template_pipeline(token_.kind) && token_.kind != TokenKind::kPipe) {
      require_space();
      fail(first.offset,
           fmt::format("{} is no function and takes no argument", quoted_token(first)));
    }
    if (piped)
      fail(first.offset, fmt::format("{} is no function to pipe into", quoted_token(first)));
    const auto* literal = std::get_if<TemplateLiteral>(&value.what);
    if (literal != nullptr && std::holds_alternative<std::nullptr_t>(literal->value)) {
      fail(first.offset, "nil is only an argument");
    }
    // A number has the type that it is written with from here on: 3.0 is no integer.
    if (literal != nullptr) std::get<TemplateLiteral>(value.what).integer.reset();
    return value;
  }

  TemplateExpression call(std::size_t offset, const TemplateFunction& function,
                          std::vector<TemplateExpression> arguments,
                          std::optional<TemplateExpression> piped) {
    if (piped) arguments.push_back(*std::move(piped));
    check_arguments(text_, offset, function, arguments);
    std::size_t depth = 0;
    for (const TemplateExpression& argument : arguments) {
      depth = std::max(depth, argument.depth);
      const bool is_dot = std::holds_alternative<TemplateDot>(argument.what);
      if (is_dot && function.name != "json") fail_dot(argument.offset);
    }
    if (depth >= Template::kMaxDepth) fail_depth(offset);
    return {offset, depth + 1, TemplateCall{&function, std::move(arguments)}};
  }

  TemplateExpression operand() {
    const TemplateToken token = token_;
    switch (token.kind) {
      case TokenKind::kField:
        return field();
      case TokenKind::kDot:
        take();
        return {token.offset, 1, TemplateDot{}};
      case TokenKind::kOpenParenthesis:
        return parenthesised();
      case TokenKind::kNumber:
      case TokenKind::kCharacter:
      case TokenKind::kString:
      case TokenKind::kRawString:
        take();
        return {token.offset, 1, literal_of(token, text_)};
      case TokenKind::kIdentifier:
        break;
      case TokenKind::kVariable:
        fail(token.offset, "there are no variables here");
      default:
        fail(token.offset, fmt::format("{} where a value should be", quoted_token(token)));
    }
    if (const auto value = named_literal(token.text)) {
      take();
      return {token.offset, 1, *value};
    }
    const TemplateFunction* const function = function_at_token();
    if (function == nullptr)
      fail(token.offset, fmt::format("{} where a value should be", quoted_token(token)));
    take();
    return call(token.offset, *function, {}, std::nullopt);
  }

  TemplateExpression parenthesised() {
    const Level level(*this);
    take();
    TemplateExpression value = pipeline("a parenthesis");
    if (token_.kind != TokenKind::kCloseParenthesis) refuse_token();
    take();
    if (token_.kind == TokenKind::kField && !token_.follows_space) {
      fail(token_.offset,
           fmt::format("there are no fields of values, such as {}", quoted_token(token_)));
    }
    return value;
  }

  TemplateExpression field() {
    const TemplateToken token = take();
    const std::string_view name = token.text.substr(1);
    const auto found = std::ranges::find(fields_, name);
    if (found == fields_.end()) {
      fail(token.offset,
           fmt::format("no field \"{}\"; there {} {}", excerpt(printable(name), 40),
                       fields_.size() == 1 ? "is only" : "are", joined_names(fields_)));
    }
    if (token_.kind == TokenKind::kField && !token_.follows_space) {
      fail(token_.offset, fmt::format("there are no fields of {}", token.text));
    }
    const auto index = static_cast<std::size_t>(found - fields_.begin());
    syntax_.reads[index] = true;
    return {token.offset, 1, TemplateField{index}};
  }

  /// The function that the token names; null if it is no name. Fails for names that are none.
  const TemplateFunction* function_at_token() {
    if (token_.kind != TokenKind::kIdentifier || named_literal(token_.text)) return nullptr;
    const TemplateFunction* const function = find_template_function(token_.text);
    const bool is_keyword = token_.text == "if" || token_.text == "else" || token_.text == "end";
    if (function == nullptr && is_keyword) refuse_token();
    if (function == nullptr) {
      std::vector<std::string_view> names;
      for (const TemplateFunction& other : template_functions()) names.push_back(other.name);
      fail(token_.offset,
           fmt::format("no function {}; there are {}", quoted_token(token_), joined_names(names)));
    }
    return function;
  }

  void refuse_unsupported_action() {
    if (token_.kind != TokenKind::kIdentifier) return;
    if (std::ranges::find(kUnsupportedActions, token_.text) == std::end(kUnsupportedActions))
      return;
    fail(token_.offset,
         fmt::format("no action {}; there are if, else and end", quoted_token(token_)));
  }

  void expect_close() {
    if (token_.kind != TokenKind::kClose) refuse_token();
    take();
  }

  void require_space() {
    if (!token_.follows_space) refuse_token();
  }

  [[noreturn]] void refuse_token() {
    fail(token_.offset, fmt::format("unexpected {}", quoted_token(token_)));
  }

  [[noreturn]] void fail_dot(std::size_t offset) {
    fail(offset, "\".\" is only an argument of json: {{json .}}");
  }

  [[noreturn]] void fail_depth(std::size_t offset) {
    fail(offset, fmt::format("nested more than {} levels deep", Template::kMaxDepth));
  }

  [[noreturn]] void fail(std::size_t offset, const std::string& why) {
    throw TemplateError(fmt::format("{}: {}", position_of(text_, offset), why));
  }

  [[nodiscard]] bool is_word(std::string_view word) const {
    return token_.kind == TokenKind::kIdentifier && token_.text == word;
  }

  TemplateToken take() { return std::exchange(token_, lexer_.next()); }

  std::string_view text_;
  std::span<const std::string_view> fields_;
  Lexer lexer_;
  TemplateToken token_;     // the next one
  std::size_t action_ = 0;  // where the latest one starts
  std::size_t depth_ = 0;   // of branches and parentheses
  TemplateSyntax syntax_;
};

// NOLINTEND(misc-no-recursion)

}  // namespace

TemplateSyntax parse_template(std::string_view text, std::span<const std::string_view> fields) {
  if (text.size() > Template::kMaxBytes) throw TemplateError("a template has at most 64 KiB");
  return TemplateParser(text, fields).parse();
}

}  // namespace dkr
