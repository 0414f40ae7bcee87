#include "source/layout/decompressed.h"

#include <algorithm>
#include <archive.h>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "source/layout/archive_input.h"

namespace dkr {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kGzip = "\x1f\x8b"sv;
constexpr std::string_view kZstd = "\x28\xb5\x2f\xfd"sv;

struct OtherCompression {
  std::string_view magic;
  std::string_view program;
};
constexpr OtherCompression kOthers[] = {
    {"\xfd"
     "7zXZ\0"sv,
     "xz"},
    {"BZh"sv, "bzip2"},
    {"\x04\x22\x4d\x18"sv, "lz4"},
    {"\x50\x2a\x4d\x18"sv, "pzstd"},
};
constexpr std::size_t kMagicBytes = 6;  // of the longest

/// A file of which the beginning has been read.
class BegunFile final : public InputFile {
 public:
  explicit BegunFile(std::unique_ptr<InputFile> file) : file_(std::move(file)) {
    while (end_ < beginning_.size()) {
      const std::size_t count = file_->read(std::span(beginning_).subspan(end_));
      if (count == 0) break;
      end_ += count;
    }
  }

  [[nodiscard]] std::string_view beginning() const { return {beginning_.data(), end_}; }

  std::size_t read(std::span<char> buffer) override {
    if (at_ == end_) return file_->read(buffer);
    const std::size_t count = std::min(buffer.size(), end_ - at_);
    std::copy_n(beginning_.data() + at_, count, buffer.begin());
    at_ += count;
    return count;
  }

  std::uint64_t skip(std::uint64_t count) override { return at_ == end_ ? file_->skip(count) : 0; }

 private:
  std::unique_ptr<InputFile> file_;
  std::array<char, kMagicBytes> beginning_{};
  std::size_t at_ = 0;
  std::size_t end_ = 0;
};

class DecompressedFile final : public InputFile {
 public:
  explicit DecompressedFile(std::unique_ptr<InputFile> file)
      : file_(std::move(file)), input_(*file_) {
    // For anything but ARCHIVE_OK libarchive would run another program.
    if (archive_read_support_filter_gzip(input_.get()) != ARCHIVE_OK ||
        archive_read_support_filter_zstd(input_.get()) != ARCHIVE_OK) {
      throw Error(ErrorKind::kUnsupported, "libarchive was built without gzip or zstd");
    }
    archive_read_support_format_raw(input_.get());
    archive_read_support_format_empty(input_.get());
    input_.open();
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(input_.get(), &entry);
    is_empty_ = status == ARCHIVE_EOF;
    if (!is_empty_) input_.require(status);
  }

  std::size_t read(std::span<char> buffer) override {
    if (is_empty_) return 0;
    const auto count = archive_read_data(input_.get(), buffer.data(), buffer.size());
    if (count < 0) input_.fail();
    return static_cast<std::size_t>(count);
  }

  std::uint64_t skip(std::uint64_t /*count*/) override { return 0; }

 private:
  std::unique_ptr<InputFile> file_;
  ArchiveInput input_;
  bool is_empty_ = false;
};

}  // namespace

std::unique_ptr<InputFile> decompressed(std::unique_ptr<InputFile> file) {
  auto begun = std::make_unique<BegunFile>(std::move(file));
  const std::string_view beginning = begun->beginning();
  if (beginning.empty()) throw malformed("is empty");
  for (const OtherCompression& other : kOthers) {
    if (!beginning.starts_with(other.magic)) continue;
    throw Error(ErrorKind::kUnsupported,
                fmt::format("is compressed with {}, which is not supported", other.program),
                fmt::format("decompress it first, for example with {} -dc, whose output can be "
                            "read with - for FILE",
                            other.program));
  }
  if (beginning.starts_with(kGzip) || beginning.starts_with(kZstd)) {
    return std::make_unique<DecompressedFile>(std::move(begun));
  }
  return begun;
}

}  // namespace dkr
