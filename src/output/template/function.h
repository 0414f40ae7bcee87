// The functions of templates: those of Go's text/template/funcs.go and of docker/cli's
// templates.go.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "output/template/template.h"

namespace dkr {

/// Why a function could not be evaluated: `index 7 is out of range`. Whoever calls it knows where.
class TemplateCallError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a function takes. An integer may be a literal such as 3.0, but an index may not.
enum class ParameterKind { kAny, kText, kInteger, kIndex, kList };

struct TemplateFunction {
  std::string_view name;
  std::size_t min_arguments;
  std::size_t max_arguments;  ///< kAnyNumber if there is no limit
  /// The kinds of the parameters; the last one is that of all others as well.
  std::span<const ParameterKind> parameters;
  /// Computes the result from as many arguments as are allowed. Throws TemplateCallError, also if
  /// the result would take more than `max_bytes`.
  TemplateValue (*call)(std::span<const TemplateValue> arguments, std::size_t max_bytes);
  /// Of `and` and `or`: the result is the first argument that is so, or the last one, and the
  /// others are not evaluated. Absent for all other functions.
  std::optional<bool> stops_at = std::nullopt;
  /// Whether it yields its first argument, which must be text, in the header of a table.
  bool is_identity_in_header = false;

  static constexpr std::size_t kAnyNumber = static_cast<std::size_t>(-1);

  [[nodiscard]] ParameterKind parameter(std::size_t i) const {
    return parameters[i < parameters.size() ? i : parameters.size() - 1];
  }
};

/// All functions, in the order in which messages list them.
std::span<const TemplateFunction> template_functions();

/// The function called `name`, or null.
const TemplateFunction* find_template_function(std::string_view name);

}  // namespace dkr
