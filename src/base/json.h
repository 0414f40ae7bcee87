// Reading untrusted JSON (RFC 8259). This is the only file that depends on simdjson. What is parsed
// must be well-formed JSON in UTF-8; lists are cut into elements first (json_cut.h). A member that
// is missing, or is not of the requested type, is reported as absent.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "base/error.h"
#include "base/json_cut.h"
#include "base/text.h"

namespace dkr::json {

/// Whether Go's encoding/json reads the member `name` into the field `field`, which is ASCII and
/// not empty. It compares letters without case, by Unicode's simple folding, in which two
/// characters beyond ASCII equal an `s` and a `k`.
bool names_field(std::string_view name, std::string_view field);

/// Whether names_field() may hold: a quick look at the first letter, which decides nearly always.
inline bool may_name_field(std::string_view name, std::string_view field) {
  constexpr unsigned char kCaseBit = 'a' ^ 'A';
  constexpr unsigned char kFirstBeyondAscii = 0x80;
  if (name.size() < field.size()) return false;
  const auto first = static_cast<unsigned char>(name.front());
  const auto expected = static_cast<unsigned char>(field.front());
  return (first | kCaseBit) == (expected | kCaseBit) || first >= kFirstBeyondAscii;
}

/// A view of one value, valid as long as the document it came from.
class Value {
 public:
  explicit Value(simdjson::dom::element element) : element_(element) {}

  [[nodiscard]] bool is_null() const { return element_.is_null(); }
  [[nodiscard]] bool is_object() const { return element_.is_object(); }

  /// The member `key`; absent when there is none or this is not an object. A null member is
  /// present.
  [[nodiscard]] std::optional<Value> find(std::string_view key) const {
    simdjson::dom::element member;
    if (element_.at_key(key).get(member) != simdjson::SUCCESS) return std::nullopt;
    return Value(member);
  }

  /// The members that Go's encoding/json reads into each of `fields`, which differ by more than
  /// case. Of several for one field, the last one counts, except that null does not replace another
  /// value.
  template <std::size_t kCount>
  [[nodiscard]] std::array<std::optional<Value>, kCount> find_fields(
      const std::array<std::string_view, kCount>& fields) const {
    std::array<std::optional<Value>, kCount> found;
    (void)for_each_member([&](std::string_view member, const Value& value) {
      for (std::size_t i = 0; i < kCount; ++i) {
        if (!may_name_field(member, fields[i]) || !names_field(member, fields[i])) continue;
        if (!found[i] || !value.is_null()) found[i] = value;
        break;
      }
    });
    return found;
  }

  /// The same for one field.
  [[nodiscard]] std::optional<Value> find_field(std::string_view field) const {
    return find_fields(std::array{field})[0];
  }

  /// The entries of the map that Go's encoding/json reads into `field`: those of all objects so
  /// named, with the last value of each key.
  [[nodiscard]] std::map<std::string_view, Value> map_field(std::string_view field) const {
    std::map<std::string_view, Value> map;
    (void)for_each_member([&](std::string_view member, const Value& entries) {
      if (!names_field(member, field)) return;
      (void)entries.for_each_member(
          [&](std::string_view key, const Value& value) { map.insert_or_assign(key, value); });
    });
    return map;
  }

  /// This value as a string; absent when it is not one.
  [[nodiscard]] std::optional<std::string_view> string() const { return get<std::string_view>(); }

  /// This value as an integer; absent when it is not one or does not fit in 64 bits.
  [[nodiscard]] std::optional<std::int64_t> integer() const { return get<std::int64_t>(); }

  [[nodiscard]] std::optional<bool> boolean() const { return get<bool>(); }

  /// Calls `visit(std::string_view key, Value)` for each member, in order. Returns false when this
  /// is not an object.
  template <typename Visit>
  [[nodiscard]] bool for_each_member(Visit visit) const {
    simdjson::dom::object object;
    if (element_.get(object) != simdjson::SUCCESS) return false;
    for (const auto& [key, value] : object) visit(key, Value(value));
    return true;
  }

  /// Calls `visit(Value)` for each element, in order. Returns false when this is not an array.
  template <typename Visit>
  [[nodiscard]] bool for_each(Visit visit) const {
    simdjson::dom::array array;
    if (element_.get(array) != simdjson::SUCCESS) return false;
    for (const simdjson::dom::element element : array) visit(Value(element));
    return true;
  }

 private:
  template <typename T>
  [[nodiscard]] std::optional<T> get() const {
    T value;
    if (element_.get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
  }

  simdjson::dom::element element_;
};

inline Error not_json(simdjson::error_code error) {
  return {ErrorKind::kMalformed, std::string("not JSON: ") + simdjson::error_message(error)};
}

/// Throws Error kMalformed unless `error` is SUCCESS.
inline void throw_if(simdjson::error_code error) {
  if (error != simdjson::SUCCESS) throw not_json(error);
}

/// A parsed JSON text. If an object has the same key twice, the first one counts.
class Document {
 public:
  /// Throws Error kMalformed, `not JSON: ...`, or if there are over kMaxSeparators brackets, colons
  /// and commas, `has too many values`.
  explicit Document(std::string_view text) : root_(parse(text, 0)) {}
  /// The same without a copy of `text` where its memory has room for the padding that the parser
  /// requires after it.
  explicit Document(const std::string& text) : root_(parse(text, text.capacity() - text.size())) {}
  explicit Document(const char* text) : Document(std::string_view(text)) {}
  Document(const Document&) = delete;  // root_ points into parser_
  Document& operator=(const Document&) = delete;

  [[nodiscard]] Value root() const { return Value(root_); }

  static constexpr std::size_t kMaxSeparators = std::size_t{1} << 19;

 private:
  simdjson::dom::element parse(std::string_view text, std::size_t room) {
    // Newer versions of simdjson skip a byte order mark, as RFC 8259, section 8.1 allows. Rejecting
    // it makes the result the same with every version.
    if (text.starts_with("\xEF\xBB\xBF")) throw not_json(simdjson::TAPE_ERROR);
    // Each value takes simdjson several times as much memory as text.
    if (text.size() > kMaxSeparators && count_separators(text) > kMaxSeparators) {
      throw malformed("has too many values");
    }
    simdjson::dom::element root;
    const bool has_padding = room >= simdjson::SIMDJSON_PADDING;
    throw_if(parser_.parse(text.data(), text.size(), !has_padding).get(root));
    return root;
  }

  simdjson::dom::parser parser_;
  simdjson::dom::element root_;
};

/// Longer elements of a list are not parsed, since that takes a multiple of their size.
inline constexpr std::size_t kMaxElementBytes = std::size_t{8} << 20;

/// Throws the Error of Document if `text` is small and not JSON, since that is more precise than
/// what else can be said of it.
void diagnose(std::string_view text);

/// Parses `element`, a part of `text`, without a copy where the rest of `text` can be the padding
/// that the parser requires after it.
inline simdjson::simdjson_result<simdjson::dom::element> parse_part(simdjson::dom::parser& parser,
                                                                    std::string_view element,
                                                                    std::string_view text) {
  const char* const end = element.data() + element.size();
  const bool has_padding =
      text.data() + text.size() - end >= static_cast<std::ptrdiff_t>(simdjson::SIMDJSON_PADDING);
  return parser.parse(element.data(), element.size(), !has_padding);
}

/// Calls `visit(Value)` for each element of the array `text`, in order. Only one element is parsed
/// at a time, which saves memory with long lists. For an element that cannot be parsed, such as one
/// with a number beyond 64 bits, of over kMaxElementBytes, or with too many values, it calls
/// `visit_unreadable(Error)` instead. `null` is an empty list, as Go writes it. Throws Error
/// kMalformed, `not JSON: ...` or `not a list`, possibly after it has visited some elements.
template <typename Visit, typename VisitUnreadable>
void for_each_element(std::string_view text, Visit visit, VisitUnreadable visit_unreadable) {
  if (trim(text) == "null") return;
  if (!trim(text).starts_with('[')) {
    diagnose(text);
    throw malformed("not a list");
  }
  simdjson::dom::parser parser;
  Cutter list(text, '[');
  while (const auto element = list.next_element()) {
    if (element->size() > kMaxElementBytes) {
      visit_unreadable(malformed("over 8 MiB"));
      continue;
    }
    if (element->size() > Document::kMaxSeparators &&
        count_separators(*element) > Document::kMaxSeparators) {
      visit_unreadable(malformed("too large, with too many values"));
      continue;
    }
    simdjson::dom::element value;
    const auto error = parse_part(parser, *element, text).get(value);
    if (error == simdjson::SUCCESS) {
      visit(Value(value));
    } else {
      visit_unreadable(not_json(error));
    }
  }
}

/// Calls `visit(std::optional<std::string_view>)` for each element of the array `text`, in order:
/// absent for what is not a string. Strings are only parsed if necessary; null is skipped. Throws
/// Error kMalformed, `not JSON: ...`, possibly after it has visited some elements.
template <typename Visit>
void for_each_string(std::string_view text, Visit visit) {
  simdjson::dom::parser parser;
  Cutter list(text, '[');
  while (const auto element = list.next_element()) {
    if (*element == "null") continue;
    const bool is_plain = element->size() >= 2 && element->front() == '"' &&
                          is_printable_ascii(*element) &&
                          element->find('\\') == std::string_view::npos;
    if (is_plain) {
      visit(std::optional(element->substr(1, element->size() - 2)));
    } else if (element->size() > kMaxElementBytes) {
      visit(std::optional<std::string_view>());
    } else {
      simdjson::dom::element value;
      throw_if(parse_part(parser, *element, text).get(value));
      visit(Value(value).string());
    }
  }
}

}  // namespace dkr::json
