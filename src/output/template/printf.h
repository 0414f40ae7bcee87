// What Go's fmt package makes of values.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "output/template/template.h"

namespace dkr {

/// Go's fmt.Sprintf(), with its flags, widths, precisions and argument indexes, and what it writes
/// for a wrong one: `%!d(string=hi)`, `%!s(MISSING)`, `%!(EXTRA int=1)`. An unknown value
/// is empty text, also for the verbs of numbers. %b of a floating-point number, %p and %w are wrong
/// verbs here. Throws TemplateCallError if the result exceeds `max_bytes`.
std::string go_sprintf(std::string_view format, std::span<const TemplateValue> arguments,
                       std::size_t max_bytes);

/// fmt.Sprint(): the values, with a blank between two that are both no text.
std::string go_sprint(std::span<const TemplateValue> arguments);

/// fmt.Sprintln(): the values with blanks between them, and a line feed.
std::string go_sprintln(std::span<const TemplateValue> arguments);

}  // namespace dkr
