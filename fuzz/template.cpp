// Templates of --format: the first line is the value of --format, the rest the text of a field.
#include "output/template/template.h"

#include <algorithm>
#include <array>
#include <utility>

#include "output/template/format.h"
#include "targets.h"

namespace dkr {
namespace {

constexpr std::array<std::string_view, 4> kFields{"ID", "Bytes", "Digests", "Unknown"};

class FuzzedRow : public TemplateRow {
 public:
  explicit FuzzedRow(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] TemplateValue field(std::size_t index) const override {
    switch (index) {
      case 0:
        return text_;
      case 1:
        return static_cast<std::int64_t>(text_.size()) - 1;
      case 2:
        return std::vector<std::string>{text_, "sha256:aa"};
      default:
        return std::monostate{};
    }
  }
  [[nodiscard]] std::string json() const override { return "{}"; }

 private:
  std::string text_;
};

void require_good_message(const TemplateError& error, const std::string& text) {
  const std::string_view message = error.what();
  if (message.empty() || !is_printable(message)) fail("the message is not printable", text);
  constexpr std::size_t kMaxMessage = 1000;
  if (message.size() > kMaxMessage) fail("the message is long", text);
}

void check_template(const std::string& text) {
  const std::size_t line_end = std::min(text.find('\n'), text.size());
  const Format format = read_format(std::string_view(text).substr(0, line_end));
  const FuzzedRow row(text.substr(std::min(line_end + 1, text.size())));
  try {
    const Template parsed(format.text, kFields);
    (void)parsed.execute_header(kFields);
    const std::string printed = parsed.execute(row);
    if (printed.size() > Template::kMaxRowBytes) fail("prints too much", text);
    if (parsed.execute(row) != printed) fail("prints something else the second time", text);
    if (parsed.is_literal() && printed != format.text) fail("changes a literal", text);
  } catch (const TemplateError& error) {
    require_good_message(error, text);
  }
}

}  // namespace

void fuzz_template(const std::string& text) { check_template(text); }

}  // namespace dkr
