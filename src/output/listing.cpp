#include "output/listing.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <variant>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "output/aligned.h"
#include "output/human.h"
#include "output/json.h"
#include "output/table.h"

namespace dkr {
namespace {

/// A line as templates see it.
class LineOfTemplate final : public TemplateRow {
 public:
  LineOfTemplate(std::span<const Field> fields, const Line& line) : fields_(fields), line_(line) {}

  [[nodiscard]] TemplateValue field(std::size_t index) const override {
    const Field& field = fields_[index];
    if (field.text != nullptr) {
      std::string buffer;
      return printable(field.text(line_, buffer));
    }
    struct Convert {
      TemplateValue operator()(std::monostate unknown) const { return unknown; }
      TemplateValue operator()(const std::string& text) const { return printable(text); }
      TemplateValue operator()(std::int64_t number) const { return number; }
      TemplateValue operator()(std::vector<std::string> texts) const {
        for (std::string& text : texts) text = printable(text);
        return texts;
      }
    };
    return std::visit(Convert(), field.value(line_));
  }
  [[nodiscard]] std::string json() const override {
    std::string text;
    append_json(text, fields_, line_);
    return text;
  }

 private:
  std::span<const Field> fields_;
  const Line& line_;
};

/// Calls `visit(Line)` for each line of output: one for each row, or, where digests are shown, for
/// each digest that an engine has for the row's repository.
template <typename Visit>
void for_each_line(const Listing& listing, const LineStyle& style, Visit visit) {
  for (const Row& row : listing.rows) {
    auto digests = listing.digests_of(row);
    if (style.digests == Digests::kHide || digests.empty()) {
      visit(Line{listing, row, style});
      continue;
    }
    // In OCI content, what comes after the first one is what it contains.
    if (listing.image_of(row).digest) digests = digests.first(1);
    for (const Digest& digest : digests) visit(Line{listing, row, style, &digest});
  }
}

/// What a kind of listing shows: all fields, those of its default table, and the one that is left
/// of it with --quiet.
struct View {
  std::span<const Field> fields;
  std::vector<const Field*> columns;
  const Field* quiet;
};

View view_of(std::span<const Field> fields, std::span<const std::string_view> columns,
             std::string_view quiet) {
  View view{fields, {}, find_field(fields, quiet)};
  for (const std::string_view name : columns) view.columns.push_back(find_field(fields, name));
  return view;
}

View tags_view(const LineStyle& style, PlatformColumn platforms) {
  std::vector<std::string_view> columns = {"Repository", "Tag"};
  if (platforms == PlatformColumn::kShow) columns.emplace_back("Platform");
  if (style.digests == Digests::kShow) columns.emplace_back("Digest");
  columns.insert(columns.end(), {"ID", "CreatedSince", "Size"});
  return view_of(tag_fields(), columns, "ID");
}

/// The text in the default table. As in docker, a date that is unknown is `N/A` there and only
/// there.
std::string_view cell_of(const Field& column, const Line& line, std::string& buffer) {
  const std::string_view text =
      column.text != nullptr ? column.text(line, buffer) : buffer = text_of(column, line);
  const bool may_be_unknown = column.value != nullptr || column.name == "CreatedSince";
  return may_be_unknown && text.empty() ? kNotAvailable : text;
}

std::string render_table(const Listing& listing, const View& view, const LineStyle& style,
                         Total total) {
  constexpr int kTotalDigits = 4;
  std::vector<std::string_view> headers;
  for (const Field* column : view.columns) headers.push_back(column->header);
  Table table(headers);
  std::string buffer;
  for_each_line(listing, style, [&](const Line& line) {
    for (const Field* column : view.columns) table.add_cell(cell_of(*column, line, buffer));
  });
  if (total == Total::kPrint) {
    const std::string size = human_size(total_size(listing), kTotalDigits);
    std::vector<std::string_view> cells(view.columns.size());
    cells.front() = "TOTAL";
    cells.back() = size;  // the last column is SIZE
    table.add_row(cells);
  }
  return table.render();
}

/// What names a row in a message.
std::string name_of(const Line& line) {
  return fmt::format("{}:{}", line.listing.repository_of(line.row), Listing::tag_of(line.row));
}

std::string execute(const Template& text, const TemplateRow& row, const std::string& name) {
  try {
    return text.execute(row);
  } catch (const TemplateError& error) {
    throw Error(ErrorKind::kRefused, fmt::format("--format: {}: {}", name, error.what()));
  }
}

std::string render(const Listing& listing, const View& view, const OutputFormat& format,
                   const LineStyle& style, Total total) {
  if (format.is_default() && !format.is_quiet()) return render_table(listing, view, style, total);
  std::string rows;
  for_each_line(listing, style, [&](const Line& line) {
    if (format.is_quiet()) {
      rows += printable(text_of(*view.quiet, line));
    } else if (format.kind() == FormatKind::kJson) {
      append_json(rows, view.fields, line);
    } else {
      rows += execute(format.text_template(), LineOfTemplate(view.fields, line), name_of(line));
    }
    rows += '\n';
  });
  if (format.kind() != FormatKind::kTableTemplate) return rows;
  std::vector<std::string_view> headers;
  for (const Field& field : view.fields) headers.push_back(field.header);
  return aligned(format.text_template().execute_header(headers) + "\n" + rows);
}

}  // namespace

OutputFormat::OutputFormat(std::string_view value, bool quiet, std::span<const Field> fields,
                           Digests digests)
    : fields_(fields), quiet_(quiet) {
  if (value == "raw") throw TemplateError("raw is not supported: use json, or a template");
  const Format format = read_format(value);
  kind_ = format.kind;
  if (format.text == "{{json .}}" && kind_ == FormatKind::kTemplate) kind_ = FormatKind::kJson;
  if (kind_ == FormatKind::kTable || kind_ == FormatKind::kJson) return;
  std::vector<std::string_view> names;
  for (const Field& field : fields) names.push_back(field.name);
  template_.emplace(format.text, names);
  if (kind_ == FormatKind::kTableTemplate && digests == Digests::kShow && !reads("Digest")) {
    template_.emplace(read_format(fmt::format("{}\t{{{{.Digest}}}}", value)).text, names);
  }
}

bool OutputFormat::reads(std::string_view name) const {
  if (!template_) return false;
  const auto field = std::ranges::find(fields_, name, &Field::name);
  return template_->reads(static_cast<std::size_t>(field - fields_.begin()));
}

std::string render_tags(const Listing& listing, const OutputFormat& format, const LineStyle& style,
                        PlatformColumn platforms, Total total) {
  return render(listing, tags_view(style, platforms), format, style, total);
}

std::string render_repositories(const std::vector<std::string>& names, const OutputFormat& format,
                                const LineStyle& style) {
  Listing listing;
  ListingBuilder builder(listing);
  for (const std::string& name : names) {
    listing.rows.emplace_back().repository = builder.repository(name);
  }
  constexpr std::string_view kColumn = "Repository";
  const View view = view_of(repository_fields(), std::span(&kColumn, 1), kColumn);
  return render(listing, view, format, style, Total::kOmit);
}

}  // namespace dkr
