// What the literal operands of a template stand for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "output/template/lexer.h"
#include "output/template/syntax.h"

namespace dkr {

/// What `token`, a number, a character or text in quotes in the template `text`, stands for. Throws
/// TemplateError if it is malformed.
TemplateLiteral literal_of(const TemplateToken& token, std::string_view text);

/// What `true`, `false` or `nil` stands for; absent for other names.
std::optional<TemplateLiteral> named_literal(std::string_view name);

/// `token` in quotes for a message: printable, and shortened if it is long.
std::string quoted_token(const TemplateToken& token);

}  // namespace dkr
