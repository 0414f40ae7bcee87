// Has libarchive read an InputFile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/world.h"

struct archive;

namespace dkr {

/// A reader of libarchive. Which formats and filters it supports has to be chosen before open().
class ArchiveInput {
 public:
  /// `file` must outlive this object.
  explicit ArchiveInput(InputFile& file);
  ArchiveInput(const ArchiveInput&) = delete;  // libarchive refers to it
  ArchiveInput& operator=(const ArchiveInput&) = delete;
  ~ArchiveInput() = default;

  [[nodiscard]] archive* get() const { return archive_.get(); }

  /// Throws as fail() does.
  void open();

  /// How many bytes of the file may be read until this is called again; then reading fails.
  void allow(std::uint64_t bytes) { allowed_ = bytes; }

  /// Throws as fail() does unless `status`, which a function of libarchive returned, means success.
  /// One that may be called again has met a damaged part, after which anything may be taken for an
  /// entry.
  void require(int status);

  /// Throws what reading the file has thrown, or else the error that libarchive reports,
  /// kMalformed.
  [[noreturn]] void fail();

 private:
  struct Free {
    void operator()(archive* reader) const;
  };
  static std::ptrdiff_t read(archive* reader, void* self, const void** buffer);
  static std::int64_t skip(archive* reader, void* self, std::int64_t count);

  InputFile& file_;
  std::vector<char> buffer_;
  std::uint64_t allowed_;
  std::exception_ptr failure_;  // exceptions must not pass through C
  std::unique_ptr<archive, Free> archive_;
};

}  // namespace dkr
