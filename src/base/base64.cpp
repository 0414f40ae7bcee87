#include "base/base64.h"

#include <cstddef>
#include <limits>

#include <openssl/evp.h>

namespace dkr {
namespace {

constexpr std::size_t kBytesPerGroup = 3;
constexpr std::size_t kDigitsPerGroup = 4;

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());  // NOLINT(*-reinterpret-cast): OpenSSL's
}

const unsigned char* bytes_of(std::string_view text) {
  // NOLINTNEXTLINE(*-reinterpret-cast): OpenSSL's
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  const std::size_t groups = (bytes.size() + kBytesPerGroup - 1) / kBytesPerGroup;
  std::string text(groups * kDigitsPerGroup + 1, '\0');  // OpenSSL adds a NUL
  EVP_EncodeBlock(bytes_of(text), bytes_of(bytes), static_cast<int>(bytes.size()));
  text.pop_back();
  return text;
}

std::optional<std::string> base64_decode(std::string_view lines) {
  std::string text(lines);
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  if (text.empty()) return "";
  if (text.size() % kDigitsPerGroup != 0 || text.size() > std::numeric_limits<int>::max()) {
    return std::nullopt;
  }
  // OpenSSL accepts padding anywhere, which it decodes as zero bytes, and skips blanks.
  const std::size_t digits = text.find_last_not_of('=') + 1;
  const std::size_t padding = text.size() - digits;
  const bool is_clean = text.find_first_of("= \t-") >= digits;
  if (padding > 2 || !is_clean) return std::nullopt;
  std::string bytes(text.size() / kDigitsPerGroup * kBytesPerGroup, '\0');
  if (EVP_DecodeBlock(bytes_of(bytes), bytes_of(text), static_cast<int>(text.size())) < 0) {
    return std::nullopt;
  }
  bytes.resize(bytes.size() - padding);
  return bytes;
}

}  // namespace dkr
