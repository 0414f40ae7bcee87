// What a template's calls of functions must have, whatever the row.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "output/template/syntax.h"

namespace dkr {

/// Throws TemplateError unless `arguments`, of `function` at `offset` of the template `text`, are
/// as many as it takes and its literal ones are of the types that it takes. Makes an integer of a
/// literal such as 3.0 where one is needed, as Go does.
void check_arguments(std::string_view text, std::size_t offset, const TemplateFunction& function,
                     std::span<TemplateExpression> arguments);

}  // namespace dkr
