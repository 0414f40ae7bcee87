// Sizes, as in --minSize.
#include <optional>

#include "cli/values.h"
#include "targets.h"

namespace dkr {
namespace {

std::optional<std::uint64_t> read(const std::string& text) {
  try {
    return parse_size(text);
  } catch (const InvalidValue&) {
    return std::nullopt;
  }
}

void check_sizes(const std::string& text) {
  const auto bytes = read(text);
  if (read(to_lower(text)) != bytes) fail("the case of the unit matters", text);
  if (!bytes) return;
  if (read(std::to_string(*bytes)) != bytes) fail("a number of bytes is parsed differently", text);
  if (!is_printable(text)) fail("accepted unprintable text", text);
}

}  // namespace

void fuzz_sizes(const std::string& text) { check_sizes(text); }

}  // namespace dkr
