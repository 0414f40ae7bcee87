#include "base/json.h"

namespace dkr::json {
namespace {

/// Whether two names, of which `field` is ASCII, are equal by Unicode's simple case folding.
bool equal_folded(std::string_view name, std::string_view field) {
  constexpr std::string_view kLongS = "\u017f";
  constexpr std::string_view kKelvinSign = "\u212a";
  for (const char c : field) {
    const char expected = to_lower(c);
    if (!name.empty() && to_lower(name.front()) == expected) {
      name.remove_prefix(1);
    } else if (expected == 's' && name.starts_with(kLongS)) {
      name.remove_prefix(kLongS.size());
    } else if (expected == 'k' && name.starts_with(kKelvinSign)) {
      name.remove_prefix(kKelvinSign.size());
    } else {
      return false;
    }
  }
  return name.empty();
}

}  // namespace

bool names_field(std::string_view name, std::string_view field) {
  return name == field || equal_folded(name, field);
}

void diagnose(std::string_view text) {
  constexpr std::size_t kMaxDiagnosedBytes = std::size_t{1} << 20;
  if (text.size() <= kMaxDiagnosedBytes) (void)Document(text);
}

}  // namespace dkr::json
