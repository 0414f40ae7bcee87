// Files that are read piece by piece.
#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <memory>
#include <poll.h>
#include <span>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "system/system.h"

namespace dkr {
namespace {

[[noreturn]] void fail_at_input(int error_number) {
  const auto kind = error_number == EACCES                              ? ErrorKind::kForbidden
                    : error_number == ENOENT || error_number == ENOTDIR ? ErrorKind::kUnreachable
                                                                        : ErrorKind::kMalformed;
  throw Error(kind, to_lower(std::error_code(error_number, std::generic_category()).message()));
}

class SystemInputFile final : public InputFile {
 public:
  enum class Owner { kThis, kOther };

  SystemInputFile(int descriptor, Owner owner) : descriptor_(descriptor), owner_(owner) {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) fail_at_input(errno);
    if (S_ISDIR(status.st_mode)) fail_at_input(EISDIR);
    if (S_ISREG(status.st_mode)) size_ = static_cast<std::uint64_t>(status.st_size);
  }
  ~SystemInputFile() override {
    if (owner_ == Owner::kThis) ::close(descriptor_);
  }
  SystemInputFile(const SystemInputFile&) = delete;
  SystemInputFile& operator=(const SystemInputFile&) = delete;

  std::size_t read(std::span<char> buffer) override {
    while (true) {
      const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno == EAGAIN) {
        pollfd readable{descriptor_, POLLIN, 0};  // another process made the pipe non-blocking
        ::poll(&readable, 1, -1);
      } else if (errno != EINTR) {
        fail_at_input(errno);
      }
    }
  }

  /// Not beyond the end, where seeking would succeed too.
  std::uint64_t skip(std::uint64_t count) override {
    const off_t position = size_ == 0 ? -1 : ::lseek(descriptor_, 0, SEEK_CUR);
    if (position < 0) return 0;
    const auto begin = static_cast<std::uint64_t>(position);
    if (begin >= size_) return 0;
    const std::uint64_t skipped = std::min(count, size_ - begin);
    if (::lseek(descriptor_, static_cast<off_t>(begin + skipped), SEEK_SET) < 0) return 0;
    return skipped;
  }

 private:
  int descriptor_;
  Owner owner_;
  std::uint64_t size_ = 0;  // of a regular file
};

}  // namespace

std::unique_ptr<InputFile> SystemFiles::open(const std::string& path) const {
  using Owner = SystemInputFile::Owner;
  if (path == "-") return std::make_unique<SystemInputFile>(STDIN_FILENO, Owner::kOther);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail_at_input(errno);
  return std::make_unique<SystemInputFile>(descriptor, Owner::kThis);
}

}  // namespace dkr
