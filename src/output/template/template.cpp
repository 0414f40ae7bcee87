#include "output/template/template.h"

#include "output/template/execution.h"
#include "output/template/parser.h"

namespace dkr {
namespace {

/// The headers of the fields in place of their values.
class HeaderRow : public TemplateRow {
 public:
  explicit HeaderRow(std::span<const std::string_view> headers) : headers_(headers) {}

  [[nodiscard]] TemplateValue field(std::size_t index) const override {
    return std::string(headers_[index]);
  }
  [[nodiscard]] std::string json() const override { return {}; }

 private:
  std::span<const std::string_view> headers_;
};

}  // namespace

Template::Template(std::string_view text, std::span<const std::string_view> fields)
    : syntax_(std::make_shared<const TemplateSyntax>(parse_template(text, fields))) {}

bool Template::reads(std::size_t field) const { return syntax_->reads.at(field); }

bool Template::is_literal() const { return syntax_->is_literal; }

std::string Template::execute(const TemplateRow& row) const {
  TemplateExecution execution(*syntax_, row, TemplatePurpose::kRow);
  execution.run();
  return std::move(execution).take_output();
}

std::string Template::execute_header(std::span<const std::string_view> headers) const {
  const HeaderRow row(headers);
  TemplateExecution execution(*syntax_, row, TemplatePurpose::kHeader);
  try {
    execution.run();
  } catch (const TemplateError&) {  // NOLINT(bugprone-empty-catch): what was printed until then
  }
  return std::move(execution).take_output();
}

}  // namespace dkr
