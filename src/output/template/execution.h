// Executes a parsed template on a row.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "output/template/syntax.h"

namespace dkr {

enum class TemplatePurpose { kRow, kHeader };

class TemplateExecution {
 public:
  /// Both must outlive this.
  TemplateExecution(const TemplateSyntax& syntax, const TemplateRow& row, TemplatePurpose purpose)
      : syntax_(syntax), row_(row), purpose_(purpose) {}

  /// Executes the template once. Throws TemplateError.
  void run() { print(syntax_.nodes); }

  /// What run() printed, also if it has thrown.
  [[nodiscard]] std::string take_output() && { return std::move(output_); }

 private:
  void print(const std::vector<TemplateNode>& nodes);
  void print(const std::vector<TemplateBranch>& branches);
  void append(std::string_view text, std::size_t offset);

  TemplateValue value_of(const TemplateExpression& expression);
  TemplateValue result_of(const TemplateCall& call, std::size_t offset);
  TemplateValue first_that_is(bool truth, const std::vector<TemplateExpression>& arguments);
  TemplateValue spent(TemplateValue value, std::size_t offset);
  [[noreturn]] void fail(std::size_t offset, std::string_view why) const;

  const TemplateSyntax& syntax_;
  const TemplateRow& row_;
  TemplatePurpose purpose_;
  std::string output_;
  std::size_t room_ = Template::kMaxRowBytes;  // for values and output
};

}  // namespace dkr
