// An owned file descriptor.
#pragma once

#include <unistd.h>
#include <utility>

namespace dkr {

/// Closes the descriptor when it goes out of scope.
class FileDescriptor {
 public:
  /// Takes ownership of `descriptor`; -1: none.
  explicit FileDescriptor(int descriptor = -1) : descriptor_(descriptor) {}
  ~FileDescriptor() { close(); }
  FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    close();
    descriptor_ = other.release();
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  /// -1: there is none any more.
  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }
  void close() {
    if (descriptor_ >= 0) ::close(release());
  }

 private:
  int descriptor_;
};

}  // namespace dkr
