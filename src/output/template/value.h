// What templates do with values, whatever function they come from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "output/template/template.h"

namespace dkr {

/// Go's name of the value's type, as its messages and `%T` have it: `[]string`; `nil` for nil, and
/// `string` for an unknown value.
std::string_view go_type_of(const TemplateValue& value);

/// The value's type in the words of messages: `a list`.
std::string_view template_kind_of(const TemplateValue& value);

/// Whether `if` takes the value for true: all but false, 0, what is empty, nil or unknown.
bool is_true(const TemplateValue& value);

/// The value as `{{.Field}}` prints it: nothing if it is unknown, `[a b]` for a list, `<no value>`
/// for nil.
std::string text_to_print(const TemplateValue& value);

/// The value as an argument that has to be text, an integer, or a list. An unknown one is empty, or
/// 0. Throws TemplateCallError for one of another type.
std::string_view text_argument(const TemplateValue& value);
std::int64_t integer_argument(const TemplateValue& value);
const std::vector<std::string>& list_argument(const TemplateValue& value);

/// Throws TemplateCallError if `bytes` exceed `max_bytes`.
void require_room(std::size_t bytes, std::size_t max_bytes);

/// The bytes that the value takes.
std::size_t size_of(const TemplateValue& value);

}  // namespace dkr
