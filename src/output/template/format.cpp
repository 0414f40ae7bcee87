#include "output/template/format.h"

#include <cstddef>

namespace dkr {
namespace {

std::string_view without_outer_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::string with_tabs_and_line_feeds(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape =
        text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == 't' || text[i + 1] == 'n');
    if (is_escape) ++i;
    result += !is_escape ? text[i] : text[i] == 't' ? '\t' : '\n';
  }
  return result;
}

}  // namespace

Format read_format(std::string_view value) {
  constexpr std::string_view kTablePrefix = "table";
  if (value.empty() || value == kTablePrefix) return {FormatKind::kTable, {}};
  if (value == "json") return {FormatKind::kJson, {}};
  const bool is_table = value.starts_with(kTablePrefix);
  if (is_table) value.remove_prefix(kTablePrefix.size());
  return {is_table ? FormatKind::kTableTemplate : FormatKind::kTemplate,
          with_tabs_and_line_feeds(without_outer_blanks(value))};
}

}  // namespace dkr
