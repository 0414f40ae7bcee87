#include "output/json.h"

#include <cstdint>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "output/template/json_text.h"

namespace dkr {

void append_json(std::string& output, std::string_view text) {
  append_json_text(output, text, HtmlEscapes::kWrite);
}

void append_json(std::string& output, const FieldValue& value) {
  struct Append {
    std::string& output;
    void operator()(std::monostate /*unknown*/) const { output += "null"; }
    void operator()(const std::string& text) const { append_json(output, std::string_view(text)); }
    void operator()(std::int64_t number) const { output += fmt::format_int(number).c_str(); }
    void operator()(const std::vector<std::string>& texts) const {
      append_json_text(output, texts, HtmlEscapes::kWrite);
    }
  };
  std::visit(Append{output}, value);
}

}  // namespace dkr
