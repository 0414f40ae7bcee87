#include "source/layout/tar_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <limits>
#include <string_view>

#include "base/error.h"

namespace dkr {
namespace {

/// What a header may take with all that belongs to it: names, extended attributes, and lists of
/// holes, each of which takes libarchive many times the memory that it takes in the archive.
constexpr std::uint64_t kMaxHeaderBytes = std::uint64_t{512} << 10;

std::string text_or_empty(const char* text) { return text == nullptr ? "" : text; }

TarEntry tar_entry(archive_entry* entry) {
  TarEntry result;
  result.path = text_or_empty(archive_entry_pathname(entry));
  if (const char* const target = archive_entry_hardlink(entry)) {
    result.kind = TarEntry::Kind::kHardLink;
    result.target = target;
  } else if (archive_entry_filetype(entry) == AE_IFLNK) {
    result.kind = TarEntry::Kind::kSymbolicLink;
    result.target = text_or_empty(archive_entry_symlink(entry));
  } else if (archive_entry_filetype(entry) == AE_IFREG && archive_entry_size(entry) >= 0) {
    result.kind = TarEntry::Kind::kFile;
    result.size = static_cast<std::uint64_t>(archive_entry_size(entry));
  }
  return result;
}

/// Whether a JSON object or list may begin with `text`.
bool begins_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

}  // namespace

TarReader::TarReader(InputFile& file) : input_(file) {
  archive_read_support_format_tar(input_.get());
  input_.allow(kMaxHeaderBytes);
  input_.open();
}

std::optional<TarEntry> TarReader::next() {
  // Data first, so that only the next header counts as such.
  input_.allow(std::numeric_limits<std::uint64_t>::max());
  if (has_entry_) input_.require(archive_read_data_skip(input_.get()));
  input_.allow(kMaxHeaderBytes);
  archive_entry* entry = nullptr;
  const int status = archive_read_next_header(input_.get(), &entry);
  if (status == ARCHIVE_EOF) return std::nullopt;
  input_.require(status);
  has_entry_ = true;
  return tar_entry(entry);
}

std::optional<std::string> TarReader::json(std::size_t limit) {
  input_.allow(std::numeric_limits<std::uint64_t>::max());
  std::string content;
  while (true) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int status = archive_read_data_block(input_.get(), &block, &size, &offset);
    if (status == ARCHIVE_EOF) break;
    input_.require(status);
    const std::string_view text(static_cast<const char*>(block), size);
    const bool has_hole = static_cast<std::uint64_t>(offset) != content.size();
    if (has_hole || size > limit - content.size()) return std::nullopt;
    if (content.empty() && !text.empty() && !begins_json(text)) return std::nullopt;
    content += text;
  }
  if (content.empty()) return std::nullopt;
  content.shrink_to_fit();
  return content;
}

}  // namespace dkr
