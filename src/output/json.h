// Writes lines of output as JSON.
#pragma once

#include <span>
#include <string>

#include "output/field.h"

namespace dkr {

/// Appends `line` as one JSON object with all `fields`, in their order; null where the value of one
/// is unknown. Texts are as docker writes them, see json_text.h.
void append_json(std::string& output, std::span<const Field> fields, const Line& line);

}  // namespace dkr
