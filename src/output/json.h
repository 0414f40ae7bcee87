// Writes lines of output as JSON.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "output/field.h"

namespace dkr {

/// Appends `text` as a JSON string, as docker writes it, see json_text.h.
void append_json(std::string& output, std::string_view text);

/// Appends `value`; null when it is unknown.
void append_json(std::string& output, const FieldValue& value);

/// Appends `line` as one JSON object with all `fields`, in their order.
template <typename L>
void append_json(std::string& output, std::span<const Field<L>> fields, const L& line) {
  std::string buffer;
  char separator = '{';
  for (const Field<L>& field : fields) {
    output += separator;
    output += '"';
    output += field.name;
    output += "\":";
    if (field.value != nullptr) {
      append_json(output, field.value(line));
    } else {
      append_json(output, field.text(line, buffer));
    }
    separator = ',';
  }
  output += '}';
}

}  // namespace dkr
