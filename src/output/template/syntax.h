// A parsed template, as the parser makes it for the evaluation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "output/template/function.h"
#include "output/template/template.h"

namespace dkr {

struct TemplateExpression;

struct TemplateLiteral {
  TemplateValue value;
  std::optional<std::int64_t> integer;  ///< of a number without a fraction, such as 3.0
};

struct TemplateField {
  std::size_t index;
};

/// `.`, which is only an argument of json.
struct TemplateDot {};

struct TemplateCall {
  const TemplateFunction* function;
  std::vector<TemplateExpression> arguments;  ///< the last one may come from a pipeline
};

struct TemplateExpression {
  std::size_t offset = 0;  ///< in the template, for messages
  std::size_t depth = 1;   ///< of the calls in it
  std::variant<TemplateLiteral, TemplateField, TemplateDot, TemplateCall> what;
};

struct TemplateNode;

/// One branch of an `if`: its body is printed if `condition` is true, or absent, as after `else`.
struct TemplateBranch {
  std::optional<TemplateExpression> condition;
  std::vector<TemplateNode> body;
};

/// Text, an expression to print, or the branches of an `if`, of which the first that applies is
/// printed.
struct TemplateNode {
  std::variant<std::string, TemplateExpression, std::vector<TemplateBranch>> what;
};

struct TemplateSyntax {
  std::string text;  ///< what was parsed
  std::vector<TemplateNode> nodes;
  std::vector<bool> reads;  ///< for each field
  bool is_literal = false;
};

}  // namespace dkr
