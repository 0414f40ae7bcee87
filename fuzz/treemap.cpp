// Treemaps. The input is records: whether it is one repository (below 250) or kSeveral, which
// figures are known (1 size, 2 unique), a byte and a shift that make the size, the unique part of
// it in 255ths, the length of the name, and the name.
#include "output/treemap.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "model/usage.h"
#include "support/xml.h"
#include "targets.h"

namespace dkr {
namespace {

constexpr std::size_t kSeveral = 200;
constexpr std::size_t kMostRepositories = 600;  // more than are drawn, but soon done

/// Takes records from the start of an input, which may end anywhere.
class Records {
 public:
  explicit Records(std::string_view input) : rest_(input) {}

  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }

  void append_next(UsageReport& report) {
    const std::size_t count = byte() < 250 ? 1 : kSeveral;
    const std::uint64_t known = byte();
    const std::uint64_t size = std::uint64_t{byte()} << (byte() % 57U);
    const std::uint64_t unique = size / 255 * byte();
    RepositoryUsage row{.repository = std::string(take(byte())), .usage = {}};
    row.usage.tags = count;
    if ((known & 1U) != 0) row.usage.size = size;
    if ((known & 3U) == 3) row.usage.unique = unique;
    report.repositories.insert(report.repositories.end(), count, row);
    report.total = row.usage;
  }

 private:
  std::string_view take(std::size_t length) {
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::uint8_t byte() {
    const std::string_view taken = take(1);
    return taken.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(taken.front());
  }

  std::string_view rest_;
};

UsageReport report_of(std::string_view input) {
  UsageReport report;
  Records records(input);
  while (!records.is_at_end() && report.repositories.size() < kMostRepositories) {
    records.append_next(report);
  }
  return report;
}

/// Fails unless `text` is a number from 0 to 800.
void require_coordinate(std::string_view text, const std::string& input) {
  const bool is_digits = text.find_first_not_of("0123456789.") == std::string_view::npos;
  if (text.empty() || !is_digits || std::stod(std::string(text)) > 800.01) {
    fail("not a coordinate: " + std::string(text), input);
  }
}

/// Fails unless `element` is one that a treemap has. Returns how many elements it is.
std::size_t check_element(const XmlElement& element, const std::string& input) {
  constexpr std::array<std::string_view, 7> kNames{"desc", "g",    "pattern", "rect",
                                                   "svg",  "text", "title"};
  if (std::ranges::find(kNames, element.name) == kNames.end()) {
    fail("an unexpected element: " + element.name, input);
  }
  for (const auto& [name, value] : element.attributes) {
    if (name == "x" || name == "y" || name == "height") require_coordinate(value, input);
    if (name == "width" && value != "100%") require_coordinate(value, input);
  }
  if (!is_printable(element.name == "text" ? element.text : "")) fail("unprintable text", input);
  std::size_t count = 1;
  for (const XmlElement& child : element.children) count += check_element(child, input);
  return count;
}

void check_treemap(const std::string& input) {
  const UsageReport report = report_of(input);
  const std::string svg = render_treemap(report);
  try {
    // A group, a title, two rectangles, a label of three lines in a viewport.
    constexpr std::size_t kMostElements = 501 * 8 + 20;
    if (check_element(parse_xml(svg), input) > kMostElements) fail("too many elements", input);
  } catch (const std::runtime_error& error) {
    fail(error.what(), input);
  }
  if (render_treemap(report) != svg) fail("not the same the second time", input);
}

}  // namespace

void fuzz_treemap(const std::string& text) { check_treemap(text); }

}  // namespace dkr
