#include "base/text.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "base/eight_bytes.h"

namespace dkr {

Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {1, byte(0)};
  const std::size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC2 || byte(0) > 0xF4 || text.size() < length) return {0, 0};
  std::uint32_t code_point = byte(0) & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {0, 0};
    code_point = (code_point << 6) | (byte(i) & 0x3FU);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (code_point < kSmallest[length] || code_point > 0x10FFFF || is_surrogate) return {0, 0};
  return {length, code_point};
}

bool controls_terminal(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F)  // C0, DEL, C1
         || c == 0x2028 || c == 0x2029         // line and paragraph separator
         || c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);  // bidirectional formatting
}

namespace {

/// Calls `keep` with each printable character and `escape` with each byte of the others.
template <typename Keep, typename Escape>
void classify(std::string_view text, Keep keep, Escape escape) {
  while (!text.empty()) {
    const Character c = first_character(text);
    const std::size_t length = std::max<std::size_t>(c.length, 1);
    if (c.length == 0 || controls_terminal(c.code_point)) {
      for (const char byte : text.substr(0, length)) escape(static_cast<unsigned char>(byte));
    } else {
      keep(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
}

/// Sets the high bit of each of the eight characters in `word` that is not printable ASCII, and
/// clears all other bits.
std::uint64_t unprintable_of(std::uint64_t word) {
  using eight_bytes::at_least, eight_bytes::kHighBits;
  const std::uint64_t low = word & ~kHighBits;
  return (word & kHighBits) | (~at_least(low, ' ') & kHighBits) | at_least(low, 0x7F);
}

}  // namespace

bool is_printable_ascii(std::string_view text) {
  std::uint64_t unprintable = 0;
  std::size_t done = 0;
  for (; done + 8 <= text.size(); done += 8) {
    unprintable |= unprintable_of(eight_bytes::load(text.data() + done));
  }
  bool rest = true;
  for (const char c : text.substr(done)) rest = rest && c >= ' ' && c < 0x7F;
  return rest && unprintable == 0;
}

std::string printable(std::string_view text) {
  if (is_printable_ascii(text)) return std::string(text);
  std::string result;
  result.reserve(text.size());
  classify(
      text, [&](std::string_view character) { result += character; },
      [&](unsigned char byte) { result += fmt::format("\\x{:02x}", byte); });
  return result;
}

bool is_printable(std::string_view text) {
  if (is_printable_ascii(text)) return true;
  bool clean = true;
  classify(
      text, [](std::string_view) {}, [&](unsigned char) { clean = false; });
  return clean;
}

std::string excerpt(std::string_view text, std::size_t max_bytes) {
  text = trim(text);
  text = trim(text.substr(0, text.find_first_of("\r\n")));
  if (text.size() <= max_bytes) return std::string(text);
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

std::string without_credentials(std::string_view url) {
  constexpr std::string_view kHidden = "***";
  const std::size_t separator = url.find("://");
  const std::size_t begin = separator == std::string_view::npos ? 0 : separator + 3;
  const std::string_view scheme = url.substr(0, begin);
  std::string_view rest = url.substr(begin);
  std::string result(scheme);
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    result += kHidden;
    // Either a password contains one of these, or the query contains an @: hide all of it.
    if (rest.substr(0, at).find_first_of("?#") != std::string_view::npos) return result;
    rest.remove_prefix(at);
  }
  const std::size_t query = scheme.empty() ? std::string_view::npos : rest.find_first_of("?#");
  result += rest.substr(0, query);
  if (query != std::string_view::npos) result.append(1, rest[query]).append(kHidden);
  return result;
}

std::string to_lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = to_lower(c);
  return result;
}

std::string to_upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kWhitespace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kWhitespace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhitespace) - first + 1);
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view several) {
  return fmt::format("{} {}", number, number == 1 ? one : several);
}

}  // namespace dkr
