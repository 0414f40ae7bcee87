// Renders the listings that the commands print.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/listing.h"
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
  OutputFormat(std::string_view value, bool quiet, std::span<const Field> fields,
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

 private:
  std::span<const Field> fields_;
  FormatKind kind_;
  bool quiet_;
  std::optional<Template> template_;
};

enum class Total { kOmit, kPrint };
enum class PlatformColumn { kHide, kShow };

/// The rows of `listing`. As a table by default: that of docker images, with a column for platforms
/// or digests if these are shown. With kPrint, a last line of a default table has `TOTAL` and, in
/// the SIZE column, total_size(). Throws Error kRefused, which names the row, if a template fails.
std::string render_tags(const Listing& listing, const OutputFormat& format, const LineStyle& style,
                        PlatformColumn platforms = PlatformColumn::kHide,
                        Total total = Total::kOmit);

/// `names`, one per line, by default under the header REPOSITORY.
std::string render_repositories(const std::vector<std::string>& names, const OutputFormat& format,
                                const LineStyle& style);

}  // namespace dkr
