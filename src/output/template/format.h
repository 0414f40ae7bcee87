// What a value of --format asks for, as docker reads it before it parses the template.
#pragma once

#include <string>
#include <string_view>

namespace dkr {

enum class FormatKind {
  kTable,          ///< the default table: `table`, or nothing
  kTableTemplate,  ///< a table whose columns a template names: `table {{.ID}}\t{{.Tag}}`
  kJson,           ///< `json`
  kTemplate,
};

struct Format {
  FormatKind kind = FormatKind::kTable;
  std::string text;  ///< the template, which may be empty; always empty for kTable and kJson
};

/// Reads `value`. As in docker, what starts with `table` is a table, a blank after it or not.
/// Blanks at both ends of a template are dropped, and then the two characters `\t` and `\n` become
/// a tab and a line feed wherever they are.
Format read_format(std::string_view value);

}  // namespace dkr
