#include "output/template/function.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "output/template/compare.h"
#include "output/template/printf.h"
#include "output/template/text_function.h"
#include "output/template/value.h"

namespace dkr {
namespace {

using CallArguments = std::span<const TemplateValue>;

TemplateValue call_not(CallArguments arguments, std::size_t /*max_bytes*/) {
  return !is_true(arguments[0]);
}

/// Whether the first argument equals one of the others.
TemplateValue call_eq(CallArguments arguments, std::size_t /*max_bytes*/) {
  for (const TemplateValue& other : arguments.subspan(1)) {
    if (equal_values(arguments[0], other)) return true;
  }
  return false;
}

TemplateValue call_ne(CallArguments arguments, std::size_t /*max_bytes*/) {
  return !equal_values(arguments[0], arguments[1]);
}

TemplateValue call_lt(CallArguments arguments, std::size_t /*max_bytes*/) {
  return is_less(arguments[0], arguments[1]);
}

TemplateValue call_le(CallArguments arguments, std::size_t /*max_bytes*/) {
  return is_less(arguments[0], arguments[1]) || equal_values(arguments[0], arguments[1]);
}

TemplateValue call_gt(CallArguments arguments, std::size_t /*max_bytes*/) {
  return !is_less(arguments[0], arguments[1]) && !equal_values(arguments[0], arguments[1]);
}

TemplateValue call_ge(CallArguments arguments, std::size_t /*max_bytes*/) {
  return !is_less(arguments[0], arguments[1]);
}

/// The elements of a list, or the bytes of a text.
std::size_t length_of(const TemplateValue& value) {
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return list->size();
  const bool has_length =
      std::holds_alternative<std::string>(value) || std::holds_alternative<std::monostate>(value);
  if (!has_length) {
    throw TemplateCallError(fmt::format("needs text or a list, not {}", template_kind_of(value)));
  }
  return text_argument(value).size();
}

TemplateValue call_len(CallArguments arguments, std::size_t /*max_bytes*/) {
  return static_cast<std::int64_t>(length_of(arguments[0]));
}

/// `value` as an index of at most `max`.
std::size_t index_argument(const TemplateValue& value, std::size_t max) {
  const std::int64_t index = integer_argument(value);
  if (index < 0 || static_cast<std::uint64_t>(index) > max) {
    throw TemplateCallError(fmt::format("{} is out of range", index));
  }
  return static_cast<std::size_t>(index);
}

/// The element of a list, or the byte of a text, at each index in turn.
TemplateValue call_index(CallArguments arguments, std::size_t /*max_bytes*/) {
  TemplateValue value = arguments[0];
  for (const TemplateValue& index : arguments.subspan(1)) {
    const std::size_t length = length_of(value);
    if (length == 0) throw TemplateCallError("nothing is at an index of what is empty");
    const std::size_t i = index_argument(index, length - 1);
    if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
      value = TemplateValue(std::string((*list)[i]));
    } else {
      value = static_cast<std::int64_t>(static_cast<unsigned char>(text_argument(value)[i]));
    }
  }
  return value;
}

/// From one index to another, of a text or a list. A third index limits the capacity of a list,
/// which a template cannot see.
TemplateValue call_slice(CallArguments arguments, std::size_t /*max_bytes*/) {
  const std::size_t length = length_of(arguments[0]);
  const auto* list = std::get_if<std::vector<std::string>>(arguments.data());
  if (list == nullptr && arguments.size() > 3) {
    throw TemplateCallError("takes two indexes of a text");
  }
  std::size_t bounds[] = {0, length, length};
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    bounds[i - 1] = index_argument(arguments[i], length);
  }
  if (bounds[0] > bounds[1] || bounds[1] > bounds[2]) {
    throw TemplateCallError(fmt::format("{} comes after {}", std::max(bounds[0], bounds[1]),
                                        bounds[0] > bounds[1] ? bounds[1] : bounds[2]));
  }
  if (list == nullptr) {
    return std::string(text_argument(arguments[0]).substr(bounds[0], bounds[1] - bounds[0]));
  }
  const auto begin = list->begin();
  return std::vector<std::string>(begin + static_cast<std::ptrdiff_t>(bounds[0]),
                                  begin + static_cast<std::ptrdiff_t>(bounds[1]));
}

TemplateValue call_print(CallArguments arguments, std::size_t /*max_bytes*/) {
  return go_sprint(arguments);
}

TemplateValue call_printf(CallArguments arguments, std::size_t max_bytes) {
  return go_sprintf(text_argument(arguments[0]), arguments.subspan(1), max_bytes);
}

TemplateValue call_println(CallArguments arguments, std::size_t /*max_bytes*/) {
  return go_sprintln(arguments);
}

constexpr ParameterKind kTakesAny[] = {ParameterKind::kAny};
constexpr ParameterKind kTakesText[] = {ParameterKind::kText};
constexpr ParameterKind kTakesTextThenAny[] = {ParameterKind::kText, ParameterKind::kAny};
constexpr ParameterKind kTakesAnyThenIndexes[] = {ParameterKind::kAny, ParameterKind::kIndex};
constexpr ParameterKind kTakesListAndText[] = {ParameterKind::kList, ParameterKind::kText};
constexpr ParameterKind kTakesTextAndIntegers[] = {ParameterKind::kText, ParameterKind::kInteger};

constexpr std::size_t kAnyNumber = TemplateFunction::kAnyNumber;

constexpr TemplateFunction kFunctions[] = {
    {"and", 1, kAnyNumber, kTakesAny, nullptr, false},
    {"or", 1, kAnyNumber, kTakesAny, nullptr, true},
    {"not", 1, 1, kTakesAny, call_not},
    {"eq", 2, kAnyNumber, kTakesAny, call_eq},
    {"ne", 2, 2, kTakesAny, call_ne},
    {"lt", 2, 2, kTakesAny, call_lt},
    {"le", 2, 2, kTakesAny, call_le},
    {"gt", 2, 2, kTakesAny, call_gt},
    {"ge", 2, 2, kTakesAny, call_ge},
    {"len", 1, 1, kTakesAny, call_len},
    {"index", 1, kAnyNumber, kTakesAnyThenIndexes, call_index},
    {"slice", 1, 4, kTakesAnyThenIndexes, call_slice},
    {"print", 0, kAnyNumber, kTakesAny, call_print},
    {"printf", 1, kAnyNumber, kTakesTextThenAny, call_printf},
    {"println", 0, kAnyNumber, kTakesAny, call_println},
    {"json", 1, 1, kTakesAny, call_json, std::nullopt, true},
    {"split", 2, 2, kTakesText, call_split, std::nullopt, true},
    {"join", 2, 2, kTakesListAndText, call_join, std::nullopt, true},
    {"title", 1, 1, kTakesText, call_title, std::nullopt, true},
    {"lower", 1, 1, kTakesText, call_lower, std::nullopt, true},
    {"upper", 1, 1, kTakesText, call_upper, std::nullopt, true},
    {"pad", 3, 3, kTakesTextAndIntegers, call_pad},
    {"truncate", 2, 2, kTakesTextAndIntegers, call_truncate, std::nullopt, true},
};

}  // namespace

std::span<const TemplateFunction> template_functions() { return kFunctions; }

const TemplateFunction* find_template_function(std::string_view name) {
  const auto* const found = std::ranges::find(kFunctions, name, &TemplateFunction::name);
  return found == std::end(kFunctions) ? nullptr : found;
}

}  // namespace dkr
