// Reads tar archives entry by entry, without unpacking them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/world.h"
#include "source/layout/archive_input.h"

namespace dkr {

struct TarEntry {
  enum class Kind { kFile, kHardLink, kSymbolicLink, kOther } kind = Kind::kOther;
  std::string path;        ///< as the archive has it
  std::string target;      ///< of a link, as the archive has it
  std::uint64_t size = 0;  ///< of a file, in bytes, with holes
};

/// Takes little memory, whatever the archive says. Functions throw Error, whose message gives only
/// the cause, when the archive cannot be read: kMalformed when it is no tar archive, truncated or
/// damaged. Nothing can be read after that.
class TarReader {
 public:
  /// `file`, which is not compressed, must outlive this object.
  explicit TarReader(InputFile& file);

  /// The next entry; absent after the last one.
  std::optional<TarEntry> next();

  /// The content of the entry that next() returned, if it is a JSON object or list by its first
  /// character, of at most `limit` bytes; else absent, without reading all of it. May be called
  /// once per entry.
  std::optional<std::string> json(std::size_t limit);

 private:
  ArchiveInput input_;
  bool has_entry_ = false;
};

}  // namespace dkr
