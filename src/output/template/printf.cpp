#include "output/template/printf.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "output/template/utf8.h"
#include "output/template/value.h"
#include "output/template/verb.h"

namespace dkr {
namespace {

/// Larger widths and precisions are none in Go.
constexpr std::int64_t kMaxGoWidth = 1'000'000;

bool is_go_string(const TemplateValue& value) {
  return std::holds_alternative<std::string>(value) ||
         std::holds_alternative<std::monostate>(value);
}

/// Go's doPrintf() of fmt/print.go, step by step.
class FormatReader {
 public:
  FormatReader(std::string_view format, std::span<const TemplateValue> arguments,
               std::size_t max_bytes)
      : format_(format), arguments_(arguments), writer_(max_bytes) {}

  std::string run() && {
    while (!at_end()) {
      const std::size_t percent = std::min(format_.find('%', offset_), format_.size());
      writer_.write(format_.substr(offset_, percent - offset_));
      offset_ = percent;
      if (at_end()) break;
      ++offset_;
      directive();
    }
    if (!is_reordered_ && next_ < arguments_.size()) write_extra();
    return std::move(writer_).take();
  }

 private:
  [[nodiscard]] bool at_end() const { return offset_ >= format_.size(); }
  [[nodiscard]] bool is_at(char c) const { return !at_end() && format_[offset_] == c; }

  void directive() {
    VerbFlags flags = read_flags();
    has_good_index_ = true;
    follows_index_ = false;
    read_index();
    read_width(flags);
    read_precision(flags);
    if (!follows_index_) read_index();
    if (at_end()) return writer_.write("%!(NOVERB)");
    const utf8::Rune verb = utf8::first_rune(format_.substr(offset_));
    offset_ += verb.length;
    write_verb(verb.code_point, flags);
  }

  void write_verb(std::uint32_t verb, VerbFlags flags) {
    if (verb == '%') return writer_.write("%");
    if (!has_good_index_) return writer_.write("%!" + utf8::encoded(verb) + "(BADINDEX)");
    if (next_ >= arguments_.size()) {
      return writer_.write("%!" + utf8::encoded(verb) + "(MISSING)");
    }
    if (verb == 'v') {
      flags.sharp_v = flags.sharp;
      flags.sharp = false;
      flags.plus = false;
    }
    writer_.write_value(arguments_[next_++], verb, flags);
  }

  VerbFlags read_flags() {
    VerbFlags flags;
    for (; !at_end(); ++offset_) {
      switch (format_[offset_]) {
        case '#':
          flags.sharp = true;
          break;
        case '0':
          flags.zero = true;
          break;
        case '+':
          flags.plus = true;
          break;
        case '-':
          flags.minus = true;
          break;
        case ' ':
          flags.space = true;
          break;
        default:
          return flags;
      }
    }
    return flags;
  }

  /// A number up to `end`; absent if there is none. One that is too large ends the format.
  std::optional<std::int64_t> read_number(std::size_t end) {
    std::optional<std::int64_t> number;
    for (; offset_ < end && format_[offset_] >= '0' && format_[offset_] <= '9'; ++offset_) {
      if (number.value_or(0) > kMaxGoWidth) {
        offset_ = end;
        return std::nullopt;
      }
      number = number.value_or(0) * 10 + (format_[offset_] - '0');
    }
    return number;
  }

  /// `[2]`, which says which argument is next.
  void read_index() {
    if (!is_at('[')) return;
    is_reordered_ = true;
    has_good_index_ = has_good_index_ && read_index_number();
  }

  bool read_index_number() {
    if (next_bracket_ < offset_)
      next_bracket_ = std::min(format_.find(']', offset_), format_.size());
    if (next_bracket_ == format_.size()) {
      ++offset_;
      return false;
    }
    ++offset_;
    const auto number = read_number(next_bracket_);
    const bool is_number = number && offset_ == next_bracket_;
    offset_ = next_bracket_ + 1;
    follows_index_ = is_number;
    if (!is_number || *number < 1 || static_cast<std::uint64_t>(*number) > arguments_.size()) {
      return false;
    }
    next_ = static_cast<std::size_t>(*number - 1);
    return true;
  }

  void read_width(VerbFlags& flags) {
    if (is_at('*')) {
      ++offset_;
      auto width = take_integer();
      if (!width) writer_.write("%!(BADWIDTH)");
      if (width && *width < 0) {
        width = -*width;
        flags.minus = true;
        flags.zero = false;
      }
      if (width) flags.width = static_cast<std::size_t>(*width);
      follows_index_ = false;
      return;
    }
    if (const auto width = read_number(format_.size())) {
      flags.width = static_cast<std::size_t>(*width);
      if (follows_index_) has_good_index_ = false;
    }
  }

  void read_precision(VerbFlags& flags) {
    if (!is_at('.')) return;
    ++offset_;
    if (follows_index_) has_good_index_ = false;
    follows_index_ = false;
    read_index();
    if (!is_at('*')) {
      flags.precision = static_cast<std::size_t>(read_number(format_.size()).value_or(0));
      return;
    }
    ++offset_;
    const auto precision = take_integer();
    if (!precision || *precision < 0) {
      writer_.write("%!(BADPREC)");
    } else {
      flags.precision = static_cast<std::size_t>(*precision);
    }
    follows_index_ = false;
  }

  /// The next argument for a `*`; absent if it is no integer, or too large.
  std::optional<std::int64_t> take_integer() {
    if (next_ >= arguments_.size()) return std::nullopt;
    const auto* integer = std::get_if<std::int64_t>(&arguments_[next_++]);
    if (integer == nullptr || *integer > kMaxGoWidth || *integer < -kMaxGoWidth)
      return std::nullopt;
    return *integer;
  }

  void write_extra() {
    writer_.write("%!(EXTRA ");
    for (std::size_t i = next_; i < arguments_.size(); ++i) {
      if (i > next_) writer_.write(", ");
      if (!std::holds_alternative<std::nullptr_t>(arguments_[i])) {
        writer_.write(go_type_of(arguments_[i]));
        writer_.write("=");
      }
      writer_.write_value(arguments_[i], 'v', {});
    }
    writer_.write(")");
  }

  std::string_view format_;
  std::span<const TemplateValue> arguments_;
  VerbWriter writer_;
  std::size_t offset_ = 0;
  std::size_t next_ = 0;  // argument
  bool is_reordered_ = false;
  bool has_good_index_ = true;
  bool follows_index_ = false;
  std::size_t next_bracket_ = 0;  // from offset_, once it has been looked for
};

std::string go_printed(const TemplateValue& value) {
  return std::holds_alternative<std::nullptr_t>(value) ? "<nil>" : text_to_print(value);
}

}  // namespace

std::string go_sprintf(std::string_view format, std::span<const TemplateValue> arguments,
                       std::size_t max_bytes) {
  return FormatReader(format, arguments, max_bytes).run();
}

std::string go_sprint(std::span<const TemplateValue> arguments) {
  std::string result;
  bool follows_text = true;
  for (const TemplateValue& argument : arguments) {
    if (!follows_text && !is_go_string(argument)) result += ' ';
    follows_text = is_go_string(argument);
    result += go_printed(argument);
  }
  return result;
}

std::string go_sprintln(std::span<const TemplateValue> arguments) {
  std::string result;
  for (const TemplateValue& argument : arguments) {
    if (&argument != arguments.data()) result += ' ';
    result += go_printed(argument);
  }
  return result += '\n';
}

}  // namespace dkr
