// One verb of Go's fmt package, with its flags, applied to one value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "output/template/template.h"

namespace dkr {

struct VerbFlags {
  bool plus = false;
  bool minus = false;
  bool sharp = false;
  bool space = false;
  bool zero = false;
  bool sharp_v = false;  ///< the # of %#v, which is Go's syntax
  std::optional<std::size_t> width;
  std::optional<std::size_t> precision;
};

/// Appends formatted values to a text of at most `max_bytes`; throws TemplateCallError when it
/// becomes longer.
class VerbWriter {
 public:
  explicit VerbWriter(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  void write(std::string_view text);
  /// `value` as `verb` formats it. A verb that does not fit is written as `%!d(string=hi)`.
  void write_value(const TemplateValue& value, std::uint32_t verb, const VerbFlags& flags);
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  void write_text(std::string_view text, std::uint32_t verb, const VerbFlags& flags);
  void write_hexadecimal(std::string_view text, bool upper, const VerbFlags& flags);
  void write_integer(std::int64_t value, std::uint32_t verb, const VerbFlags& flags);
  void write_digits(std::int64_t value, unsigned base, std::uint32_t verb, VerbFlags flags);
  void write_code_point(std::int64_t value, const VerbFlags& flags);
  void write_float(double value, std::uint32_t verb, const VerbFlags& flags);
  void write_list(const std::vector<std::string>& list, std::uint32_t verb, const VerbFlags& flags);
  void write_bad_verb(const TemplateValue& value, std::uint32_t verb, const VerbFlags& flags);
  void write_padded(std::string_view text, const VerbFlags& flags);
  void write_padding(std::size_t count, const VerbFlags& flags);

  std::string text_;
  std::size_t max_bytes_;
};

}  // namespace dkr
