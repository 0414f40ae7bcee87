#include "output/output_format.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace dkr {

OutputFormat::OutputFormat(std::string_view value, bool quiet, std::vector<FieldName> fields,
                           Digests digests)
    : fields_(std::move(fields)), quiet_(quiet) {
  if (value == "raw") throw TemplateError("raw is not supported: use json, or a template");
  const Format format = read_format(value);
  kind_ = format.kind;
  if (format.text == "{{json .}}" && kind_ == FormatKind::kTemplate) kind_ = FormatKind::kJson;
  if (kind_ == FormatKind::kTable || kind_ == FormatKind::kJson) return;
  std::vector<std::string_view> names;
  for (const FieldName& field : fields_) names.push_back(field.name);
  template_.emplace(format.text, names);
  if (kind_ == FormatKind::kTableTemplate && digests == Digests::kShow && !reads("Digest")) {
    template_.emplace(read_format(fmt::format("{}\t{{{{.Digest}}}}", value)).text, names);
  }
}

bool OutputFormat::reads(std::string_view name) const {
  if (!template_) return false;
  const auto field = std::ranges::find(fields_, name, &FieldName::name);
  return template_->reads(static_cast<std::size_t>(field - fields_.begin()));
}

std::string OutputFormat::header() const {
  std::vector<std::string_view> headers;
  for (const FieldName& field : fields_) headers.push_back(field.header);
  return template_->execute_header(headers);
}

}  // namespace dkr
