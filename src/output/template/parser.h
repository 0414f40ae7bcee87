// Parses templates, and refuses what they must not have.
#pragma once

#include <span>
#include <string_view>

#include "output/template/syntax.h"

namespace dkr {

/// The syntax of `text`, which may read `fields`. What holds for every row is checked here: names,
/// numbers of arguments, the types of literal arguments, and the limits of Template. Throws
/// TemplateError.
TemplateSyntax parse_template(std::string_view text, std::span<const std::string_view> fields);

}  // namespace dkr
