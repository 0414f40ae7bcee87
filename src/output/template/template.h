// The templates of --format: the part of Go's text/template that people use with `docker images
// --format`, and the functions that docker adds (docker/cli, templates/templates.go).
//
//   text        {{.Field}}  "text"  `raw`  12  0x1f  1.5  'c'  true  false  nil  (PIPELINE)
//   pipelines   {{.Tag | upper | printf "%-20s"}}
//   branches    {{if PIPELINE}} {{else if PIPELINE}} {{else}} {{end}}
//   the rest    {{/* comment */}}, and {{- -}}, which trim the text around an action
//   functions   and or not eq ne lt le gt ge len index slice print printf println
//               json split join title lower upper pad truncate
//
// Everything else of text/template is refused when the template is parsed. What rows there are, and
// what to do with the text of each, is left to the caller. So is escaping it for a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dkr {

/// What a field or a function yields. std::monostate is a value that nobody knows: it prints as
/// nothing, is false, and functions take it for empty text, 0 or an empty list; it equals nothing
/// but nil, and cannot be ordered. Floating-point numbers and nil only come from templates.
using TemplateValue = std::variant<std::monostate, std::string, std::int64_t, double, bool,
                                   std::vector<std::string>, std::nullptr_t>;

/// Says where a template is wrong, and how: `position 4: no field "Foo"; there are ID and Tag`. A
/// position counts characters from 1; in a template of several lines, it is `line 2, position 4`.
/// The text is printable.
class TemplateError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a template is executed on.
class TemplateRow {
 public:
  virtual ~TemplateRow() = default;
  /// The value of the field at `index` of those that the template was parsed with.
  [[nodiscard]] virtual TemplateValue field(std::size_t index) const = 0;
  /// What `{{json .}}` prints.
  [[nodiscard]] virtual std::string json() const = 0;
};

struct TemplateSyntax;  // see syntax.h

/// A parsed template. Copies share it, and executing it does not change it.
class Template {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{64} << 10;
  static constexpr std::size_t kMaxDepth = 100;  ///< of parentheses, pipelines and branches
  /// What may be printed for a row, including what its functions compute on the way.
  static constexpr std::size_t kMaxRowBytes = std::size_t{1} << 20;

  /// Parses `text`, which may read `fields`. Throws TemplateError, also if a limit is exceeded.
  Template(std::string_view text, std::span<const std::string_view> fields);

  /// Whether the template has `.Field` for the field at that index, even if no row needs it.
  [[nodiscard]] bool reads(std::size_t field) const;
  /// Whether the template has no `{{`, so that it prints the same for each row.
  [[nodiscard]] bool is_literal() const;

  /// The text for `row`, without a line feed at its end. Throws TemplateError for what only a row
  /// shows: an index out of range, a comparison of a number with text, more than kMaxRowBytes.
  [[nodiscard]] std::string execute(const TemplateRow& row) const;

  /// The header of a table whose rows this template prints: the same, with the `headers` of the
  /// fields in place of values. json, split, join, title, lower, upper and truncate yield what they
  /// are given, so that a header stays what it is. Where a header causes an error, the result ends
  /// before the action concerned, as with docker.
  [[nodiscard]] std::string execute_header(std::span<const std::string_view> headers) const;

 private:
  std::shared_ptr<const TemplateSyntax> syntax_;
};

}  // namespace dkr
