#include "source/layout/archive_input.h"

#include <algorithm>
#include <archive.h>
#include <cerrno>
#include <limits>
#include <new>
#include <span>
#include <string_view>

#include "base/text.h"

namespace dkr {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10;  // what a pipe holds

constexpr std::size_t kMaxTextBytes = 200;  // of a message
constexpr std::string_view kUnknownFormat = "Unrecognized archive format";

}  // namespace

void ArchiveInput::Free::operator()(archive* reader) const { archive_read_free(reader); }

ArchiveInput::ArchiveInput(InputFile& file)
    : file_(file),
      buffer_(kReadBytes),
      allowed_(std::numeric_limits<std::uint64_t>::max()),
      archive_(archive_read_new()) {
  if (!archive_) throw std::bad_alloc();
}

void ArchiveInput::open() {
  archive_read_set_callback_data(get(), this);
  archive_read_set_read_callback(get(), read);
  archive_read_set_skip_callback(get(), skip);
  if (archive_read_open1(get()) != ARCHIVE_OK) fail();
}

std::ptrdiff_t ArchiveInput::read(archive* reader, void* self, const void** buffer) {
  auto& input = *static_cast<ArchiveInput*>(self);
  try {
    if (input.allowed_ == 0) throw malformed("has a header that is too long");
    const std::size_t wanted = std::min<std::uint64_t>(input.buffer_.size(), input.allowed_);
    const std::size_t count = input.file_.read(std::span(input.buffer_).first(wanted));
    input.allowed_ -= count;
    *buffer = input.buffer_.data();
    return static_cast<std::ptrdiff_t>(count);
  } catch (...) {
    input.failure_ = std::current_exception();
    archive_set_error(reader, EIO, "cannot be read");
    return ARCHIVE_FATAL;
  }
}

std::int64_t ArchiveInput::skip(archive* reader, void* self, std::int64_t count) {
  auto& input = *static_cast<ArchiveInput*>(self);
  try {
    return static_cast<std::int64_t>(input.file_.skip(static_cast<std::uint64_t>(count)));
  } catch (...) {
    input.failure_ = std::current_exception();
    archive_set_error(reader, EIO, "cannot be read");
    return ARCHIVE_FATAL;
  }
}

void ArchiveInput::require(int status) {
  if (status != ARCHIVE_OK && status != ARCHIVE_WARN) fail();
}

void ArchiveInput::fail() {
  if (failure_) std::rethrow_exception(failure_);
  const char* const text = archive_error_string(get());
  if (text != nullptr && text == kUnknownFormat) throw malformed("is not a tar archive");
  if (archive_errno(get()) == ENOMEM) {  // by the rule of base/allocation.h
    if (const auto handler = std::get_new_handler()) handler();
  }
  throw malformed(to_lower(excerpt(text == nullptr ? "is damaged" : text, kMaxTextBytes)));
}

}  // namespace dkr
