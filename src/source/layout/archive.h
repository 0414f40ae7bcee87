// The files of an archive that a listing needs, held in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "base/hash.h"
#include "base/world.h"
#include "source/layout/documents.h"
#include "source/layout/tar_reader.h"

namespace dkr {

/// Holds what begins like JSON, and of all else the size. Links lead to other files of the archive
/// only. Where a path occurs several times, its last entry counts, as for tar.
class LayoutArchive final : public Documents {
 public:
  /// What is held at most, in bytes. Of documents, the longest are dropped first, since manifests
  /// and configs are short.
  struct Limits {
    std::size_t documents = std::size_t{32} << 20;
    std::size_t others = std::size_t{16} << 20;  ///< paths, sizes and links
  };

  /// Reads `file`, which may be compressed, from its beginning to its end. Throws Error, whose
  /// message gives only the cause, when it is no tar archive.
  explicit LayoutArchive(std::unique_ptr<InputFile> file) : LayoutArchive(std::move(file), {}) {}
  LayoutArchive(std::unique_ptr<InputFile> file, Limits limits);

  std::optional<std::string> read(const std::string& path, std::size_t limit) override;
  [[nodiscard]] std::optional<std::uint64_t> size(const std::string& path) const override;

  /// Why the archive could not be read to its end; absent if it was.
  [[nodiscard]] const std::optional<Error>& damage() const { return damage_; }

  /// Whether there were more files than `Limits::others` allows, so that some sizes are not known.
  [[nodiscard]] bool has_too_many_files() const { return has_too_many_files_; }

 private:
  struct Member {
    enum class Kind { kDocument, kDroppedDocument, kFile, kLink } kind;
    std::uint64_t size;
    std::string text;  // the content of a document, or the path that a link leads to
  };
  using Members = std::unordered_map<std::string, Member, KeyedHash>;
  /// By length, so that the longest is the last.
  using ByLength = std::set<std::pair<std::size_t, const Members::value_type*>>;

  void read_entries(InputFile& file);
  void add(TarReader& tar, const TarEntry& entry);
  void put(std::string path, Member member);
  void count_other(Members::iterator member);
  void forget(Members::iterator member);
  void drop_longest_documents();
  static std::size_t bytes_of(const Members::value_type& member);
  [[nodiscard]] const Member* find(const std::string& path) const;

  Limits limits_;
  Members members_;
  ByLength documents_;  // but for lists
  std::size_t document_bytes_ = 0;
  std::size_t other_bytes_ = 0;
  bool has_too_many_files_ = false;
  std::optional<Error> damage_;
};

}  // namespace dkr
