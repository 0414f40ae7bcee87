// The interface of what holds the files of a layout: a directory or an archive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace dkr {

/// Manifests and configs that are longer are refused.
inline constexpr std::size_t kMaxLayoutDocumentBytes = std::size_t{8} << 20;
/// The same for lists of images: `index.json` and `manifest.json`.
inline constexpr std::size_t kMaxImageListBytes = std::size_t{16} << 20;

/// Paths are relative, as plain_path() returns them.
class Documents {
 public:
  virtual ~Documents() = default;

  /// The content of the file at `path`, of at most `limit` bytes; absent when there is no such
  /// file. Throws Error, whose message gives only the cause, when it cannot be read.
  virtual std::optional<std::string> read(const std::string& path, std::size_t limit) = 0;

  /// The bytes of the file at `path`; absent when there is no such file, or it is not known.
  [[nodiscard]] virtual std::optional<std::uint64_t> size(const std::string& path) const = 0;
};

}  // namespace dkr
