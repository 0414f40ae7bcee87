#include "output/template/compare.h"

#include <string>

#include "output/template/function.h"
#include "output/template/value.h"

namespace dkr {
namespace {

[[noreturn]] void refuse_comparison(const TemplateValue& a, const TemplateValue& b) {
  throw TemplateCallError(std::string("cannot compare ")
                              .append(template_kind_of(a))
                              .append(" with ")
                              .append(template_kind_of(b)));
}

bool is_list_value(const TemplateValue& value) {
  return std::holds_alternative<std::vector<std::string>>(value);
}

template <typename T>
bool is_less_as(const TemplateValue& a, const TemplateValue& b) {
  return std::get<T>(a) < std::get<T>(b);
}

}  // namespace

bool equal_values(const TemplateValue& a, const TemplateValue& b) {
  const bool is_a_unknown = std::holds_alternative<std::monostate>(a);
  const bool is_b_unknown = std::holds_alternative<std::monostate>(b);
  const bool is_a_nil = std::holds_alternative<std::nullptr_t>(a);
  const bool is_b_nil = std::holds_alternative<std::nullptr_t>(b);
  if (is_a_nil || is_b_nil) return (is_a_nil || is_a_unknown) && (is_b_nil || is_b_unknown);
  if (is_a_unknown || is_b_unknown) return false;
  if (a.index() != b.index() || is_list_value(a)) refuse_comparison(a, b);
  return a == b;
}

bool is_less(const TemplateValue& a, const TemplateValue& b) {
  if (a.index() != b.index()) refuse_comparison(a, b);
  if (std::holds_alternative<std::string>(a)) return is_less_as<std::string>(a, b);
  if (std::holds_alternative<std::int64_t>(a)) return is_less_as<std::int64_t>(a, b);
  if (std::holds_alternative<double>(a)) return is_less_as<double>(a, b);
  refuse_comparison(a, b);
}

}  // namespace dkr
