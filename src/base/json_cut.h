// Cuts JSON text into elements and members without parsing them, which takes no memory. Only the
// text between the pieces is checked; the pieces may be invalid.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace dkr::json {

/// Functions throw Error kMalformed, `not JSON: ...`.
class Cutter {
 public:
  /// `text` must outlive this object. Throws unless it starts with `open`, which is `[` or `{`.
  Cutter(std::string_view text, char open);

  /// The text of the next element of an array; absent after the last one.
  std::optional<std::string_view> next_element();

  struct Member {
    std::string_view key;  ///< with its quotes, not unescaped
    std::string_view value;
  };
  /// The next member of an object; absent after the last one.
  std::optional<Member> next_member();

 private:
  bool start_piece();
  std::string_view cut_value();
  void skip_blanks();

  std::string_view text_;
  std::size_t at_ = 0;
  char close_;
  bool is_first_ = true;
};

/// The text of the member of the object `text` that Go's encoding/json reads into `field`; absent
/// when no member has that name. If several have it, the last one counts. Throws Error kMalformed:
/// `not JSON: ...`.
std::optional<std::string_view> cut_field(std::string_view text, std::string_view field);

/// The first value in `text`, without what comes after it. Go's json.Decoder reads no more. Throws
/// Error kMalformed, `not JSON: ...`, if `text` is blank.
std::string_view first_value(std::string_view text);

/// The number of brackets, colons and commas outside strings, which bounds the number of values.
std::size_t count_separators(std::string_view text);

}  // namespace dkr::json
