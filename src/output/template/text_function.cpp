#include "output/template/text_function.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "output/template/function.h"
#include "output/template/json_text.h"
#include "output/template/number_text.h"
#include "output/template/utf8.h"
#include "output/template/value.h"

namespace dkr {
namespace {

std::uint64_t count_argument(const TemplateValue& value) {
  const std::int64_t count = integer_argument(value);
  if (count < 0) throw TemplateCallError(fmt::format("{} is negative", count));
  return static_cast<std::uint64_t>(count);
}

template <typename T>
std::string json_text(const T& value) {
  std::string result;
  append_json_text(result, value, HtmlEscapes::kOmit);
  return result;
}

/// Collects the parts of a split text.
class SplitParts {
 public:
  explicit SplitParts(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  void add(std::string_view part) {
    bytes_ += sizeof(std::string) + part.size();
    require_room(bytes_, max_bytes_);
    parts_.emplace_back(part);
  }
  std::vector<std::string> take() && { return std::move(parts_); }

 private:
  std::vector<std::string> parts_;
  std::size_t bytes_ = 0;
  std::size_t max_bytes_;
};

std::vector<std::string> split_characters(std::string_view text, std::size_t max_bytes) {
  SplitParts parts(max_bytes);
  while (!text.empty()) {
    const std::size_t length = utf8::first_rune(text).length;
    parts.add(text.substr(0, length));
    text.remove_prefix(length);
  }
  return std::move(parts).take();
}

}  // namespace

TemplateValue call_json(std::span<const TemplateValue> arguments, std::size_t /*max_bytes*/) {
  const TemplateValue& value = arguments[0];
  if (const auto* text = std::get_if<std::string>(&value)) return json_text(*text);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return json_text(*list);
  if (const auto* number = std::get_if<double>(&value)) return json_float_text(*number);
  const bool is_null = std::holds_alternative<std::monostate>(value) ||
                       std::holds_alternative<std::nullptr_t>(value);
  return is_null ? "null" : text_to_print(value);
}

TemplateValue call_split(std::span<const TemplateValue> arguments, std::size_t max_bytes) {
  std::string_view text = text_argument(arguments[0]);
  const std::string_view separator = text_argument(arguments[1]);
  if (separator.empty()) return split_characters(text, max_bytes);
  SplitParts parts(max_bytes);
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.add(text.substr(0, end));
    if (end == std::string_view::npos) return std::move(parts).take();
    text.remove_prefix(end + separator.size());
  }
}

TemplateValue call_join(std::span<const TemplateValue> arguments, std::size_t max_bytes) {
  const auto& list = list_argument(arguments[0]);
  const std::string_view separator = text_argument(arguments[1]);
  std::string result;
  for (const std::string& element : list) {
    const std::string_view between = &element == list.data() ? "" : separator;
    require_room(result.size() + between.size() + element.size(), max_bytes);
    result.append(between).append(element);
  }
  return result;
}

TemplateValue call_title(std::span<const TemplateValue> arguments, std::size_t /*max_bytes*/) {
  std::string result(text_argument(arguments[0]));
  bool starts_word = true;
  for (char& c : result) {
    if (starts_word) c = to_upper(std::string_view(&c, 1))[0];
    starts_word = !is_alphanumeric(c) && c != '_' && static_cast<unsigned char>(c) < 0x80;
  }
  return result;
}

TemplateValue call_lower(std::span<const TemplateValue> arguments, std::size_t /*max_bytes*/) {
  return to_lower(text_argument(arguments[0]));
}

TemplateValue call_upper(std::span<const TemplateValue> arguments, std::size_t /*max_bytes*/) {
  return to_upper(text_argument(arguments[0]));
}

TemplateValue call_pad(std::span<const TemplateValue> arguments, std::size_t max_bytes) {
  const std::string_view text = text_argument(arguments[0]);
  if (text.empty()) return std::string();
  const std::uint64_t before = count_argument(arguments[1]);
  const std::uint64_t after = count_argument(arguments[2]);
  require_room(before, max_bytes);
  require_room(after, max_bytes);
  require_room(before + text.size() + after, max_bytes);
  std::string result(before, ' ');
  return result.append(text).append(after, ' ');
}

TemplateValue call_truncate(std::span<const TemplateValue> arguments, std::size_t /*max_bytes*/) {
  const std::string_view text = text_argument(arguments[0]);
  return std::string(text.substr(0, count_argument(arguments[1])));
}

}  // namespace dkr
