#include "source/oci/cache_directory.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

namespace dkr {
namespace {

std::runtime_error os_error(std::string_view subject, int number) {
  return std::runtime_error(
      fmt::format("{}: {}", subject, std::error_code(number, std::generic_category()).message()));
}

void require_own(const struct stat& status, std::string_view subject) {
  if (status.st_uid != ::geteuid()) {
    throw std::runtime_error(fmt::format("{} belongs to another user", subject));
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    throw std::runtime_error(fmt::format("others can write to {}", subject));
  }
}

int open_directory(const std::string& path) {
  std::error_code ignored;  // opening the directory then fails too
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  (void)::mkdir(path.c_str(), S_IRWXU);  // repositories may be private
  const int descriptor =
      ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) throw os_error("its directory", errno);
  return descriptor;
}

}  // namespace

CacheDirectory::CacheDirectory(const std::string& path) : descriptor_(open_directory(path)) {
  try {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) throw os_error("its directory", errno);
    require_own(status, "its directory");
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

CacheDirectory::~CacheDirectory() { ::close(descriptor_); }

void CacheDirectory::require_trusted(const std::string& name) const {
  for (const std::string_view suffix : {"", "-wal", "-shm", "-journal"}) {
    const std::string file = fmt::format("{}{}", name, suffix);
    struct stat status {};
    if (::fstatat(descriptor_, file.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) continue;
      throw os_error(file, errno);
    }
    if (!S_ISREG(status.st_mode)) throw std::runtime_error(file + " is not a regular file");
    require_own(status, file);
  }
}

}  // namespace dkr
