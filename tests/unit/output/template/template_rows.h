// Rows for the tests of templates.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "output/template/template.h"

namespace dkr {

inline constexpr std::array<std::string_view, 6> kTestFields{"ID",    "Repository", "Tag",
                                                             "Bytes", "Digests",    "Unknown"};

/// An image with a field of each type.
class TestRow : public TemplateRow {
 public:
  TestRow() = default;
  explicit TestRow(TemplateValue unknown) { values_.back() = std::move(unknown); }

  [[nodiscard]] TemplateValue field(std::size_t index) const override { return values_.at(index); }
  [[nodiscard]] std::string json() const override { return R"({"ID":"c0ffee123456"})"; }

 private:
  std::vector<TemplateValue> values_{
      std::string("c0ffee123456"),
      std::string("team/app"),
      std::string("1.4"),
      std::int64_t{1234567},
      std::vector<std::string>{"sha256:aa", "sha256:bb"},
      std::monostate{},
  };
};

/// What `text` prints for a TestRow, or the message of its error.
inline std::string executed(std::string_view text, const TestRow& row = {}) {
  try {
    return Template(text, kTestFields).execute(row);
  } catch (const TemplateError& error) {
    return std::string("error: ") + error.what();
  }
}

/// The message with which parsing `text` fails; empty if it does not.
inline std::string parse_error(std::string_view text) {
  try {
    (void)Template(text, kTestFields);
    return {};
  } catch (const TemplateError& error) {
    return error.what();
  }
}

}  // namespace dkr
