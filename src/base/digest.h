// Content digests (OCI image spec, descriptor.md), computed with OpenSSL's libcrypto.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace dkr {

/// The SHA-256 (FIPS 180-4) of `bytes` as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

/// Whether `text` is a digest that matches_digest() can check: `sha256:`, `sha384:` or `sha512:`,
/// followed by 64, 96 or 128 lower-case hexadecimal digits.
bool is_digest(std::string_view text);

/// Whether `digest`, for which is_digest() holds, is the digest of `bytes`.
bool matches_digest(std::string_view bytes, std::string_view digest);

/// The identity of some content, nearly always `sha256:<64 hex digits>`. Listings hold hundreds of
/// thousands of these, so a SHA-256 digest is stored in 32 bytes. Any other text, such as a digest
/// of another algorithm or an engine's id, is stored unchanged.
class Digest {
 public:
  explicit Digest(std::string_view text);
  /// The SHA-256 digest whose value is these 32 bytes.
  explicit Digest(const std::array<std::uint8_t, 32>& sha256) : sha256_(sha256) {}
  Digest(const Digest& other)
      : sha256_(other.sha256_),
        text_(other.text_ ? std::make_unique<const std::string>(*other.text_) : nullptr) {}
  Digest(Digest&&) noexcept = default;
  Digest& operator=(const Digest& other) { return *this = Digest(other); }
  Digest& operator=(Digest&&) noexcept = default;
  ~Digest() = default;

  /// The text that it was constructed from.
  [[nodiscard]] std::string text() const;

  /// The short form in which docker shows ids: up to 12 characters, starting after the first colon
  /// if there is one.
  [[nodiscard]] std::string short_text() const;

  /// The 32 bytes of a SHA-256 digest; empty for any other text.
  [[nodiscard]] std::string_view sha256_bytes() const;

  friend bool operator==(const Digest& a, const Digest& b) {
    return a.text_ && b.text_ ? *a.text_ == *b.text_
                              : !a.text_ && !b.text_ && a.sha256_ == b.sha256_;
  }
  /// SHA-256 digests come first.
  friend std::strong_ordering operator<=>(const Digest& a, const Digest& b);

 private:
  friend struct std::hash<Digest>;

  std::array<std::uint8_t, 32> sha256_{};
  std::unique_ptr<const std::string> text_;  ///< when it is no SHA-256 digest
};

}  // namespace dkr

template <>
struct std::hash<dkr::Digest> {
  std::size_t operator()(const dkr::Digest& digest) const noexcept;
};
