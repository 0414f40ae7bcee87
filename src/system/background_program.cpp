#include "system/background_program.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace dkr {

std::unique_ptr<BackgroundProgram> BackgroundProgram::start(const std::vector<std::string>& command,
                                                            int descriptor) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail_with(errno);
  FileDescriptor reading(ends[0]);
  const FileDescriptor writing(ends[1]);
  ::fcntl(reading.get(), F_SETFL, O_NONBLOCK);
  return std::make_unique<BackgroundProgram>(
      command, StandardStreams{descriptor, descriptor, writing.get()}, std::move(reading));
}

/// Reads at most as much as a pipe holds, so that a program that never stops cannot keep us here.
void BackgroundProgram::read_errors() {
  constexpr std::size_t kMaxKept = 4096;
  constexpr std::size_t kPipeBytes = std::size_t{64} << 10;
  std::array<char, 16384> buffer{};
  for (std::size_t taken = 0; error_output_.get() >= 0 && taken < kPipeBytes;) {
    const ssize_t count = ::read(error_output_.get(), buffer.data(), buffer.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) {
      error_output_.close();
      return;
    }
    const auto size = static_cast<std::size_t>(count);
    errors_.append(buffer.data(), size);
    if (errors_.size() > kMaxKept) errors_.erase(0, errors_.size() - kMaxKept);
    taken += size;
  }
}

std::optional<int> BackgroundProgram::status() {
  if (!status_) status_ = child_.status();
  return status_;
}

}  // namespace dkr
