// The functions that docker adds to Go's. Each takes and throws what TemplateFunction::call does.
// Letters beyond ASCII keep their case.
#pragma once

#include <cstddef>
#include <span>

#include "output/template/template.h"

namespace dkr {

/// JSON without escapes for HTML; `null` for what is unknown.
TemplateValue call_json(std::span<const TemplateValue> arguments, std::size_t max_bytes);
/// The list of what a separator separates; by an empty one, of all characters.
TemplateValue call_split(std::span<const TemplateValue> arguments, std::size_t max_bytes);
TemplateValue call_join(std::span<const TemplateValue> arguments, std::size_t max_bytes);
/// The first letter of each word in upper case.
TemplateValue call_title(std::span<const TemplateValue> arguments, std::size_t max_bytes);
TemplateValue call_lower(std::span<const TemplateValue> arguments, std::size_t max_bytes);
TemplateValue call_upper(std::span<const TemplateValue> arguments, std::size_t max_bytes);
/// A text, unless it is empty, with so many blanks before and after it.
TemplateValue call_pad(std::span<const TemplateValue> arguments, std::size_t max_bytes);
/// The first so many bytes of a text.
TemplateValue call_truncate(std::span<const TemplateValue> arguments, std::size_t max_bytes);

}  // namespace dkr
