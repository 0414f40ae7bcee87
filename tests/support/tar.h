// Tar archives in memory (POSIX ustar).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace dkr {

/// An entry of an archive. `type` is `0` for a file, `1` and `2` for hard and symbolic links.
inline std::string tar_entry_text(std::string_view name, std::string_view content, char type = '0',
                                  std::string_view target = "") {
  constexpr std::size_t kBlock = 512;
  std::string header(kBlock, '\0');
  const auto put = [&](std::size_t at, std::string_view text) {
    header.replace(at, text.size(), text);
  };
  put(0, name.substr(0, 100));
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, fmt::format("{:011o}", content.size()));
  put(136, "00000000000");
  put(148, "        ");
  header[156] = type;
  put(157, target.substr(0, 100));
  put(257, std::string_view("ustar\00000", 8));
  std::uint32_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, fmt::format("{:06o}", sum));
  header[154] = '\0';
  header.append(content);
  header.append((kBlock - content.size() % kBlock) % kBlock, '\0');
  return header;
}

/// What ends an archive.
inline std::string tar_end() { return std::string(1024, '\0'); }

}  // namespace dkr
