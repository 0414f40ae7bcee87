#include "output/template/operand.h"

#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "output/template/literal.h"

namespace dkr {
namespace {

[[noreturn]] void refuse_literal(const TemplateToken& token, std::string_view text,
                                 std::string_view why) {
  throw TemplateError(
      fmt::format("{}: {} {}", position_of(text, token.offset), quoted_token(token), why));
}

}  // namespace

TemplateLiteral literal_of(const TemplateToken& token, std::string_view text) {
  if (token.kind == TokenKind::kNumber) {
    const auto number = parse_number_literal(token.text);
    if (!number) refuse_literal(token, text, "is not a number, or too large");
    return {std::visit([](auto value) { return TemplateValue(value); }, number->value),
            number->integer};
  }
  if (token.kind == TokenKind::kCharacter) {
    const auto character = unquote_character(token.text);
    if (!character) refuse_literal(token, text, "is not one character");
    return {*character, character};
  }
  auto unquoted = unquote_text(token.text);
  if (!unquoted) refuse_literal(token, text, "has an invalid escape");
  return {*std::move(unquoted), std::nullopt};
}

std::optional<TemplateLiteral> named_literal(std::string_view name) {
  if (name == "true") return TemplateLiteral{true, std::nullopt};
  if (name == "false") return TemplateLiteral{false, std::nullopt};
  if (name == "nil") return TemplateLiteral{nullptr, std::nullopt};
  return std::nullopt;
}

std::string quoted_token(const TemplateToken& token) {
  constexpr std::size_t kMaxQuoted = 40;
  const std::string text = printable(token.text.substr(0, 2 * kMaxQuoted));
  return text.starts_with('"') ? excerpt(text, kMaxQuoted)
                               : fmt::format("\"{}\"", excerpt(text, kMaxQuoted));
}

}  // namespace dkr
