// How a listing is printed: as a table, as JSON or by a template.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "output/field.h"
#include "output/template/format.h"
#include "output/template/template.h"

namespace dkr {

/// A value of --format, ready for use.
class OutputFormat {
 public:
  /// With `quiet`, a table is the ids or names alone. The template may read `fields`. As in docker,
  /// a table of the template's columns gets one more for `digests`, unless it has it. Throws
  /// TemplateError.
  OutputFormat(std::string_view value, bool quiet, std::vector<FieldName> fields,
               Digests digests = Digests::kHide);

  [[nodiscard]] FormatKind kind() const { return kind_; }
  /// Whether it is a table, with the default columns, or only ids or names.
  [[nodiscard]] bool is_default() const { return kind_ == FormatKind::kTable; }
  [[nodiscard]] bool is_quiet() const { return quiet_ && is_default(); }
  /// Whether its template names the field `name`.
  [[nodiscard]] bool reads(std::string_view name) const;
  /// Whether it prints the same for each row.
  [[nodiscard]] bool is_literal() const { return template_ && template_->is_literal(); }
  [[nodiscard]] const Template& text_template() const { return *template_; }
  /// What a table of the template's columns has above them.
  [[nodiscard]] std::string header() const;

 private:
  std::vector<FieldName> fields_;
  FormatKind kind_;
  bool quiet_;
  std::optional<Template> template_;
};

}  // namespace dkr
