#include "output/lines.h"

namespace dkr {

TemplateValue template_value(FieldValue value) {
  struct Convert {
    TemplateValue operator()(std::monostate unknown) const { return unknown; }
    TemplateValue operator()(const std::string& text) const { return printable(text); }
    TemplateValue operator()(std::int64_t number) const { return number; }
    TemplateValue operator()(std::vector<std::string> texts) const {
      for (std::string& text : texts) text = printable(text);
      return texts;
    }
  };
  return std::visit(Convert(), std::move(value));
}

std::string execute(const Template& text, const TemplateRow& row, const std::string& name) {
  try {
    return text.execute(row);
  } catch (const TemplateError& error) {
    throw Error(ErrorKind::kRefused, fmt::format("--format: {}: {}", name, error.what()));
  }
}

}  // namespace dkr
