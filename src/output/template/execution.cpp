#include "output/template/execution.h"

#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "output/template/lexer.h"
#include "output/template/value.h"

namespace dkr {

// NOLINTBEGIN(misc-no-recursion): as deep as the template, which has at most Template::kMaxDepth
// levels

void TemplateExecution::print(const std::vector<TemplateNode>& nodes) {
  for (const TemplateNode& node : nodes) {
    if (const auto* text = std::get_if<std::string>(&node.what)) {
      append(*text, 0);
    } else if (const auto* expression = std::get_if<TemplateExpression>(&node.what)) {
      const TemplateValue value = value_of(*expression);
      const auto* result = std::get_if<std::string>(&value);
      append(result != nullptr ? *result : text_to_print(value), expression->offset);
    } else {
      print(std::get<std::vector<TemplateBranch>>(node.what));
    }
  }
}

void TemplateExecution::print(const std::vector<TemplateBranch>& branches) {
  for (const TemplateBranch& branch : branches) {
    if (branch.condition && !is_true(value_of(*branch.condition))) continue;
    return print(branch.body);
  }
}

void TemplateExecution::append(std::string_view text, std::size_t offset) {
  try {
    require_room(output_.size() + text.size(), Template::kMaxRowBytes);
  } catch (const TemplateCallError& error) {
    fail(offset, error.what());
  }
  output_ += text;
}

TemplateValue TemplateExecution::value_of(const TemplateExpression& expression) {
  if (const auto* literal = std::get_if<TemplateLiteral>(&expression.what)) return literal->value;
  if (const auto* field = std::get_if<TemplateField>(&expression.what)) {
    return spent(row_.field(field->index), expression.offset);
  }
  return result_of(std::get<TemplateCall>(expression.what), expression.offset);
}

TemplateValue TemplateExecution::result_of(const TemplateCall& call, std::size_t offset) {
  const TemplateFunction& function = *call.function;
  if (function.stops_at) return first_that_is(*function.stops_at, call.arguments);
  const bool is_header = purpose_ == TemplatePurpose::kHeader;
  const bool is_of_row =
      !call.arguments.empty() && std::holds_alternative<TemplateDot>(call.arguments[0].what);
  if (is_of_row && is_header) fail(offset, "json: needs text");
  if (is_of_row) return spent(row_.json(), offset);
  std::vector<TemplateValue> arguments;
  arguments.reserve(call.arguments.size());
  for (const TemplateExpression& argument : call.arguments) arguments.push_back(value_of(argument));
  try {
    if (is_header && function.is_identity_in_header)
      return std::string(text_argument(arguments[0]));
    return spent(function.call(arguments, room_), offset);
  } catch (const TemplateCallError& error) {
    fail(offset, fmt::format("{}: {}", function.name, error.what()));
  }
}

TemplateValue TemplateExecution::first_that_is(bool truth,
                                               const std::vector<TemplateExpression>& arguments) {
  TemplateValue value;
  for (const TemplateExpression& argument : arguments) {
    value = value_of(argument);
    if (is_true(value) == truth) break;
  }
  return value;
}

// NOLINTEND(misc-no-recursion)

TemplateValue TemplateExecution::spent(TemplateValue value, std::size_t offset) {
  const std::size_t bytes = size_of(value);
  if (bytes > room_) {
    fail(offset, "the text for one row exceeds 1 MiB");
  }
  room_ -= bytes;
  return value;
}

void TemplateExecution::fail(std::size_t offset, std::string_view why) const {
  throw TemplateError(fmt::format("{}: {}", position_of(syntax_.text, offset), printable(why)));
}

}  // namespace dkr
