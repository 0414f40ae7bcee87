// Prints lines of any type in any format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "output/aligned.h"
#include "output/field.h"
#include "output/json.h"
#include "output/output_format.h"
#include "output/table.h"
#include "output/template/template.h"

namespace dkr {

/// What a kind of listing shows: all fields, those of its default table, and the one that is left
/// of it with --quiet.
template <typename L>
struct View {
  std::span<const Field<L>> fields;
  std::vector<const Field<L>*> columns;
  const Field<L>* quiet;
};

template <typename L>
View<L> view_of(std::span<const Field<L>> fields, std::span<const std::string_view> columns,
                std::string_view quiet) {
  View<L> view{fields, {}, find_field(fields, quiet)};
  for (const std::string_view name : columns) view.columns.push_back(find_field(fields, name));
  return view;
}

/// `value` with its texts escaped by printable().
TemplateValue template_value(FieldValue value);

/// A line as templates see it.
template <typename L>
class LineOfTemplate final : public TemplateRow {
 public:
  LineOfTemplate(std::span<const Field<L>> fields, const L& line) : fields_(fields), line_(line) {}

  [[nodiscard]] TemplateValue field(std::size_t index) const override {
    const Field<L>& field = fields_[index];
    if (field.text == nullptr) return template_value(field.value(line_));
    std::string buffer;
    return printable(field.text(line_, buffer));
  }
  [[nodiscard]] std::string json() const override {
    std::string text;
    append_json(text, fields_, line_);
    return text;
  }

 private:
  std::span<const Field<L>> fields_;
  const L& line_;
};

/// `row` in the form of `text`. Throws Error kRefused, which calls it `name`, if the template
/// fails.
std::string execute(const Template& text, const TemplateRow& row, const std::string& name);

/// The default table of the lines that `for_each_line(visit)` visits.
template <typename L, typename ForEachLine>
Table table_of(const View<L>& view, ForEachLine for_each_line) {
  std::vector<std::string_view> headers;
  for (const Field<L>* column : view.columns) headers.push_back(column->header);
  Table table(headers);
  std::string buffer;
  for_each_line([&](const L& line) {
    for (const Field<L>* column : view.columns) {
      const std::string_view text =
          column->text != nullptr ? column->text(line, buffer) : buffer = text_of(*column, line);
      table.add_cell(text.empty() ? column->unknown : text);
    }
  });
  return table;
}

/// The lines that `for_each_line(visit)` visits, in `format`. `name_of(line)` names one in a
/// message. Throws Error kRefused if a template fails.
template <typename L, typename ForEachLine, typename NameOf>
std::string render_lines(const View<L>& view, const OutputFormat& format, ForEachLine for_each_line,
                         NameOf name_of) {
  if (format.is_default() && !format.is_quiet()) return table_of(view, for_each_line).render();
  std::string rows;
  for_each_line([&](const L& line) {
    if (format.is_quiet()) {
      rows += printable(text_of(*view.quiet, line));
    } else if (format.kind() == FormatKind::kJson) {
      append_json(rows, view.fields, line);
    } else {
      rows += execute(format.text_template(), LineOfTemplate<L>(view.fields, line), name_of(line));
    }
    rows += '\n';
  });
  if (format.kind() != FormatKind::kTableTemplate) return rows;
  return aligned(format.header() + "\n" + rows);
}

}  // namespace dkr
