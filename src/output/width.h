// How wide text is on a terminal.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace dkr {

/// The number of characters in well-formed UTF-8: the bytes that are not continuation bytes.
inline std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

}  // namespace dkr
