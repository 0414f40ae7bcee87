#include "output/json.h"

#include <cstdint>
#include <variant>

#include <fmt/format.h>

#include "output/template/json_text.h"

namespace dkr {
namespace {

void append_text(std::string& output, std::string_view text) {
  append_json_text(output, text, HtmlEscapes::kWrite);
}

/// Appends the value; null when it is unknown.
void append_value(std::string& output, const FieldValue& value) {
  struct Append {
    std::string& output;
    void operator()(std::monostate /*unknown*/) const { output += "null"; }
    void operator()(const std::string& text) const { append_text(output, text); }
    void operator()(std::int64_t number) const { output += fmt::format_int(number).c_str(); }
    void operator()(const std::vector<std::string>& texts) const {
      append_json_text(output, texts, HtmlEscapes::kWrite);
    }
  };
  std::visit(Append{output}, value);
}

}  // namespace

void append_json(std::string& output, std::span<const Field> fields, const Line& line) {
  std::string buffer;
  char separator = '{';
  for (const Field& field : fields) {
    output += separator;
    output += '"';
    output += field.name;
    output += "\":";
    if (field.text != nullptr) {
      append_text(output, field.text(line, buffer));
    } else {
      append_value(output, field.value(line));
    }
    separator = ',';
  }
  output += '}';
}

}  // namespace dkr
