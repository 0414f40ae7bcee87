#include "source/oci/name.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"

namespace dkr {
namespace {

constexpr bool is_name_character(char c) {
  return is_alphanumeric(c) || c == '_' || c == '-' || c == '.';
}

}  // namespace

bool is_repository(std::string_view text) {
  constexpr std::size_t kMaxLength = 255;
  if (text.size() > kMaxLength) return false;
  while (true) {
    const std::size_t end = text.find('/');
    const std::string_view part = text.substr(0, end);
    if (part.empty() || part == "." || part == ".." ||
        !std::ranges::all_of(part, is_name_character)) {
      return false;
    }
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

}  // namespace dkr
