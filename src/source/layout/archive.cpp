#include "source/layout/archive.h"

#include <array>
#include <iterator>
#include <span>

#include <fmt/format.h>

#include "source/layout/decompressed.h"
#include "source/layout/path.h"

namespace dkr {
namespace {

/// About what the tables take for a file, besides its path and content.
constexpr std::size_t kMemberBytes = 200;
constexpr int kMaxLinks = 8;  // that lead to each other

bool is_list(std::string_view path) { return path == "index.json" || path == "manifest.json"; }

/// Reads what pads an archive, so that the program at the other end of a pipe can finish.
void read_padding(InputFile& file) {
  constexpr int kMaxReads = 64;
  std::array<char, 16384> buffer{};
  for (int i = 0; i < kMaxReads && file.read(buffer) > 0; ++i) {
  }
}

}  // namespace

LayoutArchive::LayoutArchive(std::unique_ptr<InputFile> file, Limits limits) : limits_(limits) {
  const auto plain = decompressed(std::move(file));
  read_entries(*plain);
}

void LayoutArchive::read_entries(InputFile& file) {
  TarReader tar(file);
  bool has_entry = false;
  try {
    while (const auto entry = tar.next()) {
      has_entry = true;
      add(tar, *entry);
    }
    read_padding(file);
  } catch (const Error& error) {
    if (!has_entry) throw;
    damage_ = error;
  }
}

void LayoutArchive::add(TarReader& tar, const TarEntry& entry) {
  auto path = plain_path(entry.path);
  if (!path) return;
  switch (entry.kind) {
    case TarEntry::Kind::kFile: {
      const std::size_t limit = is_list(*path) ? kMaxImageListBytes : kMaxLayoutDocumentBytes;
      auto text = entry.size <= limit ? tar.json(limit) : std::nullopt;
      const auto kind = text ? Member::Kind::kDocument : Member::Kind::kFile;
      return put(std::move(*path), {kind, entry.size, std::move(text).value_or("")});
    }
    case TarEntry::Kind::kHardLink:
    case TarEntry::Kind::kSymbolicLink: {
      const bool is_hard = entry.kind == TarEntry::Kind::kHardLink;
      auto target = is_hard ? plain_path(entry.target) : linked_path(*path, entry.target);
      if (!target) return;
      return put(std::move(*path), {Member::Kind::kLink, 0, std::move(*target)});
    }
    default:
      return;
  }
}

void LayoutArchive::put(std::string path, Member member) {
  if (const auto known = members_.find(path); known != members_.end()) forget(known);
  const auto added = members_.emplace(std::move(path), std::move(member)).first;
  if (added->second.kind != Member::Kind::kDocument) return count_other(added);
  document_bytes_ += bytes_of(*added);
  if (!is_list(added->first)) documents_.emplace(added->second.text.size(), &*added);
  drop_longest_documents();
}

/// Counts a file that is no document, and forgets it if there is no more room for any.
void LayoutArchive::count_other(Members::iterator member) {
  other_bytes_ += bytes_of(*member);
  if (other_bytes_ <= limits_.others) return;
  has_too_many_files_ = true;
  forget(member);
}

void LayoutArchive::forget(Members::iterator member) {
  const bool is_document = member->second.kind == Member::Kind::kDocument;
  (is_document ? document_bytes_ : other_bytes_) -= bytes_of(*member);
  if (is_document) documents_.erase({member->second.text.size(), &*member});
  members_.erase(member);
}

/// What is dropped becomes a file of which only the size is known.
void LayoutArchive::drop_longest_documents() {
  while (document_bytes_ > limits_.documents && !documents_.empty()) {
    const auto longest = std::prev(documents_.end());
    const auto member = members_.find(longest->second->first);
    documents_.erase(longest);
    document_bytes_ -= bytes_of(*member);
    member->second.kind = Member::Kind::kDroppedDocument;
    std::string().swap(member->second.text);  // unlike assignment, frees the memory
    count_other(member);
  }
}

std::size_t LayoutArchive::bytes_of(const Members::value_type& member) {
  return member.first.size() + member.second.text.size() + kMemberBytes;
}

const LayoutArchive::Member* LayoutArchive::find(const std::string& path) const {
  auto member = members_.find(path);
  for (int i = 0; i < kMaxLinks && member != members_.end(); ++i) {
    if (member->second.kind != Member::Kind::kLink) return &member->second;
    member = members_.find(member->second.text);
  }
  return nullptr;
}

std::optional<std::string> LayoutArchive::read(const std::string& path, std::size_t limit) {
  const Member* const member = find(path);
  if (member == nullptr) return std::nullopt;
  if (member->size > limit) throw Error(ErrorKind::kTooLarge, fmt::format("over {} bytes", limit));
  if (member->kind == Member::Kind::kDocument) return member->text;
  if (member->kind == Member::Kind::kDroppedDocument) {
    throw Error(ErrorKind::kTooLarge, fmt::format("not held, since all documents take over {} MiB",
                                                  limits_.documents >> 20));
  }
  throw malformed("not JSON");
}

std::optional<std::uint64_t> LayoutArchive::size(const std::string& path) const {
  const Member* const member = find(path);
  if (member == nullptr) return std::nullopt;
  return member->size;
}

}  // namespace dkr
