#include "output/template/argument_check.h"

#include <string>

#include <fmt/format.h>

#include "output/template/lexer.h"
#include "output/template/value.h"

namespace dkr {
namespace {

std::string number_of_arguments(const TemplateFunction& function) {
  const std::string_view noun = function.min_arguments == 1 ? "argument" : "arguments";
  if (function.max_arguments == function.min_arguments) {
    return fmt::format("{} {}", function.min_arguments, noun);
  }
  if (function.max_arguments == TemplateFunction::kAnyNumber) {
    return fmt::format("at least {} {}", function.min_arguments, noun);
  }
  return fmt::format("{} to {} arguments", function.min_arguments, function.max_arguments);
}

/// Throws TemplateCallError unless `value` may be an argument of that kind.
void require_kind(const TemplateValue& value, ParameterKind kind) {
  switch (kind) {
    case ParameterKind::kAny:
      return;
    case ParameterKind::kText:
      (void)text_argument(value);
      return;
    case ParameterKind::kInteger:
    case ParameterKind::kIndex:
      (void)integer_argument(value);
      return;
    case ParameterKind::kList:
      (void)list_argument(value);
      return;
  }
}

}  // namespace

void check_arguments(std::string_view text, std::size_t offset, const TemplateFunction& function,
                     std::span<TemplateExpression> arguments) {
  if (arguments.size() < function.min_arguments || arguments.size() > function.max_arguments) {
    throw TemplateError(fmt::format("{}: {} takes {}, not {}", position_of(text, offset),
                                    function.name, number_of_arguments(function),
                                    arguments.size()));
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    auto* const literal = std::get_if<TemplateLiteral>(&arguments[i].what);
    if (literal == nullptr) continue;
    const ParameterKind kind = function.parameter(i);
    if (kind == ParameterKind::kInteger && literal->integer) literal->value = *literal->integer;
    try {
      require_kind(literal->value, kind);
    } catch (const TemplateCallError& error) {
      throw TemplateError(fmt::format("{}: {} {}", position_of(text, arguments[i].offset),
                                      function.name, error.what()));
    }
  }
}

}  // namespace dkr
