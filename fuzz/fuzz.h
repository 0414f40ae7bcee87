// What the fuzz targets share. Each is a file with one LLVMFuzzerTestOneInput, which libFuzzer
// calls with bytes of its own making and replay.cpp with those of the seed corpus.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace dkr {

inline std::string text_of(const std::uint8_t* data, std::size_t size) {
  return {data, data + size};
}

/// Says which `promise` was broken, and by what, and ends the process.
[[noreturn]] inline void fail(std::string_view promise, std::string_view by) {
  std::fprintf(stderr, "%s: %s\n", std::string(promise).c_str(), printable(by).c_str());
  std::abort();
}

/// Fails unless `output` is text whose only control characters are line feeds.
inline void require_printable_lines(std::string_view output) {
  std::string_view rest = output;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) fail("a line does not end", output);
    if (!is_printable(rest.substr(0, end))) fail("output is not printable", output);
    rest.remove_prefix(end + 1);
  }
}

}  // namespace dkr
