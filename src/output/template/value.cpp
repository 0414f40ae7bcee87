#include "output/template/value.h"

#include "output/template/function.h"
#include "output/template/number_text.h"

namespace dkr {
namespace {

[[noreturn]] void refuse_type(std::string_view needed, const TemplateValue& value) {
  throw TemplateCallError(
      std::string("needs ").append(needed).append(", not ").append(template_kind_of(value)));
}

}  // namespace

std::string_view go_type_of(const TemplateValue& value) {
  if (std::holds_alternative<std::int64_t>(value)) return "int";
  if (std::holds_alternative<double>(value)) return "float64";
  if (std::holds_alternative<bool>(value)) return "bool";
  if (std::holds_alternative<std::vector<std::string>>(value)) return "[]string";
  if (std::holds_alternative<std::nullptr_t>(value)) return "nil";
  return "string";
}

std::string_view template_kind_of(const TemplateValue& value) {
  if (std::holds_alternative<std::int64_t>(value)) return "an integer";
  if (std::holds_alternative<double>(value)) return "a number with a fraction";
  if (std::holds_alternative<bool>(value)) return "true or false";
  if (std::holds_alternative<std::vector<std::string>>(value)) return "a list";
  if (std::holds_alternative<std::nullptr_t>(value)) return "nil";
  if (std::holds_alternative<std::monostate>(value)) return "an unknown value";
  return "text";
}

bool is_true(const TemplateValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return !text->empty();
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer != 0;
  if (const auto* number = std::get_if<double>(&value)) return *number != 0;
  if (const auto* truth = std::get_if<bool>(&value)) return *truth;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return !list->empty();
  return false;
}

std::string text_to_print(const TemplateValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* number = std::get_if<double>(&value)) return shortest_float_text(*number, 'g');
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (std::holds_alternative<std::nullptr_t>(value)) return "<no value>";
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    std::string result = "[";
    for (const std::string& element : *list) {
      if (&element != list->data()) result += ' ';
      result += element;
    }
    return result += ']';
  }
  return {};
}

std::string_view text_argument(const TemplateValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (std::holds_alternative<std::monostate>(value)) return {};
  refuse_type("text", value);
}

std::int64_t integer_argument(const TemplateValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
  if (std::holds_alternative<std::monostate>(value)) return 0;
  refuse_type("an integer", value);
}

const std::vector<std::string>& list_argument(const TemplateValue& value) {
  static const std::vector<std::string> empty;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return *list;
  if (std::holds_alternative<std::monostate>(value)) return empty;
  if (std::holds_alternative<std::nullptr_t>(value)) return empty;
  refuse_type("a list", value);
}

void require_room(std::size_t bytes, std::size_t max_bytes) {
  if (bytes > max_bytes) throw TemplateCallError("the text for one row exceeds 1 MiB");
}

std::size_t size_of(const TemplateValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text->size();
  const auto* list = std::get_if<std::vector<std::string>>(&value);
  if (list == nullptr) return 0;
  std::size_t bytes = list->size() * sizeof(std::string);
  for (const std::string& element : *list) bytes += element.size();
  return bytes;
}

}  // namespace dkr
