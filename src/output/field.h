// The fields of a line of output: for each, its name in JSON and templates, its header, and its
// text or value. Tables, JSON and templates all use this one list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "base/world.h"
#include "model/listing.h"

namespace dkr {

/// The value of a field; std::monostate when it is unknown.
using FieldValue =
    std::variant<std::monostate, std::string, std::int64_t, std::vector<std::string>>;

enum class Ids { kShort, kWhole };
enum class Digests { kHide, kShow };

/// How lines are shown.
struct LineStyle {
  Time now;            ///< for ages
  const Clock& clock;  ///< for local time
  std::string source;  ///< as the user named it
  Ids ids = Ids::kShort;
  Digests digests = Digests::kHide;
};

/// A row of a listing, with one of its digests if those are shown.
struct Line {
  const Listing& listing;
  const Row& row;
  const LineStyle& style;
  const Digest* digest = nullptr;  ///< null: none
};

/// What a field is called.
struct FieldName {
  std::string_view name;    ///< in JSON and templates: `CreatedSince`
  std::string_view header;  ///< in tables: `CREATED`
};

/// A field of lines of the type `L`. It has a text or a value; if both, JSON shows the value.
template <typename L>
struct Field {
  std::string_view name;
  std::string_view header;
  /// For docker's fields: the text that docker's field of that name has, which is in the listing or
  /// in `buffer`. It may contain untrusted text with control characters.
  std::string_view (*text)(const L& line, std::string& buffer) = nullptr;
  /// For the others: the value, which is unknown rather than `N/A`.
  FieldValue (*value)(const L& line) = nullptr;
  /// What the default table shows in place of an empty text.
  std::string_view unknown = {};
};

/// Docker's fields, sorted by name, then the others, sorted by name. The names are a contract: new
/// ones may be added, but none may be renamed.
std::span<const Field<Line>> tag_fields();

/// The fields of `dkr-ls repos`.
std::span<const Field<Line>> repository_fields();

/// The names of `fields`, in their order.
template <typename L>
std::vector<FieldName> names_of(std::span<const Field<L>> fields) {
  std::vector<FieldName> names;
  for (const Field<L>& field : fields) names.push_back({field.name, field.header});
  return names;
}

/// The field called `name`, or null.
template <typename L>
const Field<L>* find_field(std::span<const Field<L>> fields, std::string_view name) {
  for (const Field<L>& field : fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

/// Empty if the value is unknown, and in Go's form `[a b]` for a list.
std::string text_of(const FieldValue& value);

/// The text of `field`, or that of its value.
template <typename L>
std::string text_of(const Field<L>& field, const L& line) {
  std::string buffer;
  return field.text != nullptr ? std::string(field.text(line, buffer)) : text_of(field.value(line));
}

}  // namespace dkr
