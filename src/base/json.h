// Reading JSON (RFC 8259) from outside, by simdjson; the only file that knows which library does
// it. Everything is checked: the text must be well-formed UTF-8 JSON as a whole, and a member that
// is absent or of another type than asked for is an absent value, never a crash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "base/error.h"
#include "base/text.h"

namespace dkr::json {

/// A view of one value. Valid as long as the document it came from.
class Value {
 public:
  explicit Value(simdjson::dom::element element) : element_(element) {}

  [[nodiscard]] bool is_null() const { return element_.is_null(); }
  [[nodiscard]] bool is_object() const { return element_.is_object(); }

  /// The member `key`; absent when there is none or this is no object. A null member is a value.
  [[nodiscard]] std::optional<Value> find(std::string_view key) const {
    simdjson::dom::element member;
    if (element_.at_key(key).get(member) != simdjson::SUCCESS) return std::nullopt;
    return Value(member);
  }

  /// This value as a string; absent when it is none.
  [[nodiscard]] std::optional<std::string_view> string() const { return get<std::string_view>(); }

  /// This value as a whole number; absent when it is none or does not fit.
  [[nodiscard]] std::optional<std::int64_t> integer() const { return get<std::int64_t>(); }

  [[nodiscard]] std::optional<bool> boolean() const { return get<bool>(); }

  /// Calls `visit(std::string_view key, Value)` for each member, in order; false when this is no
  /// object.
  template <typename Visit>
  [[nodiscard]] bool for_each_member(Visit visit) const {
    simdjson::dom::object object;
    if (element_.get(object) != simdjson::SUCCESS) return false;
    for (const auto& [key, value] : object) visit(key, Value(value));
    return true;
  }

  /// Calls `visit(Value)` for each element, in order; false when this is no array.
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

/// Throws Error kMalformed when `error` is one.
inline void throw_if(simdjson::error_code error) {
  if (error != simdjson::SUCCESS) throw not_json(error);
}

/// A whole JSON text, read into memory. Of an object that has a key twice the first counts.
class Document {
 public:
  /// Throws Error kMalformed: `not JSON: ...`.
  explicit Document(std::string_view text) : root_(parse(text)) {}
  Document(const Document&) = delete;  // root_ points into parser_
  Document& operator=(const Document&) = delete;

  [[nodiscard]] Value root() const { return Value(root_); }

 private:
  simdjson::dom::element parse(std::string_view text) {
    // Newer versions of simdjson skip a byte order mark, which RFC 8259, section 8.1 allows.
    if (text.starts_with("\xEF\xBB\xBF")) throw not_json(simdjson::TAPE_ERROR);
    simdjson::dom::element root;
    throw_if(parser_.parse(text.data(), text.size()).get(root));
    return root;
  }

  simdjson::dom::parser parser_;
  simdjson::dom::element root_;
};

/// Calls `visit(Value)` for each element of the array `text`, in order, holding one element at a
/// time besides the text: for long lists. An element that cannot be read, such as one with a number
/// beyond 64 bits, is given to `visit_unreadable(Error)` instead. `null` is an empty list, as Go
/// writes it. Throws Error kMalformed: `not JSON: ...`, `not a list`; elements before the
/// fault have been visited by then.
template <typename Visit, typename VisitUnreadable>
void for_each_element(std::string text, Visit visit, VisitUnreadable visit_unreadable) {
  if (trim(text) == "null") return;
  if (!trim(text).starts_with('[')) {
    constexpr std::size_t kWorthALook = std::size_t{1} << 20;
    if (text.size() <= kWorthALook) (void)Document(text);
    throw Error(ErrorKind::kMalformed, "not a list");
  }
  text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  simdjson::ondemand::parser list_parser;
  simdjson::dom::parser element_parser;
  simdjson::ondemand::document document;
  throw_if(list_parser.iterate(text).get(document));
  simdjson::ondemand::array list;
  throw_if(document.get_array().get(list));
  for (auto element : list) {
    std::string_view element_text;
    throw_if(simdjson::to_json_string(element).get(element_text));
    simdjson::dom::element value;
    // The padding that the parser wants behind the element is there: the rest of the list.
    const auto error =
        element_parser.parse(element_text.data(), element_text.size(), false).get(value);
    if (error == simdjson::SUCCESS) {
      visit(Value(value));
    } else {
      visit_unreadable(not_json(error));
    }
  }
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    throw Error(ErrorKind::kMalformed, "not JSON: text after its end");
  }
}

}  // namespace dkr::json
